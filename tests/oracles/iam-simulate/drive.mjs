// Reads cases as JSON lines on standard input; answers each with the case and two words, as a JSON line.
// A case that the oracle refuses is named on standard error and left out.

import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const SESSION = 'leak'
const ABROAD = '999999999999'
const OUTSIDER = `arn:aws:iam::${ABROAD}:user/outsider`

const document = (statements) => ({ Version: '2012-10-17', Statement: statements })

const levels = (all) =>
  all.map((statements, level) => ({
    orgIdentifier: `level-${level}`,
    policies: statements.map((statement, at) => ({ name: `${level}-${at}`, policy: document([statement]) }))
  }))

// A role never asks itself: its sessions do.
const principalOf = (arn) => {
  const role = arn.match(/^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/)
  return role ? `arn:aws:sts::${role[1]}:assumed-role/${role[2]}/${SESSION}` : arn
}

const simulation = (one) => ({
  request: {
    principal: principalOf(one.caller),
    action: one.action,
    resource: { resource: one.resource, accountId: one.owner },
    contextVariables: one.context ?? {}
  },
  identityPolicies: one.identity.map(({ statements }, at) => ({ name: `${at}`, policy: document(statements) })),
  serviceControlPolicies: levels(one.scps ?? []),
  resourceControlPolicies: levels(one.rcps ?? []),
  resourcePolicy: one.own ? document(one.own) : undefined,
  permissionBoundaryPolicies: one.boundary ? [{ name: 'boundary', policy: document(one.boundary) }] : undefined
})

// Somebody outside: with an account of their own, whose administrator they are and where they name users and roles as
// they like, in an organisation or not; and, where services take unsigned requests, without any.
const outsiders = (one) => {
  const context = one.context ?? {}
  const about = Object.entries(context).filter(([key]) => /^aws:(SecureTransport|Resource)/.test(key))
  const common = Object.fromEntries(about)
  const base = simulation({ ...one, caller: OUTSIDER, identity: [], boundary: undefined, scps: [] })
  const all = [{ name: 'all', policy: document([{ Effect: 'Allow', Action: '*', Resource: '*' }]) }]
  const asked = (principal, contextVariables, identityPolicies) => ({
    ...base,
    request: { ...base.request, principal, contextVariables },
    identityPolicies
  })
  const isAsking = Object.keys(context).length > 0 && /"\*"|NotPrincipal/.test(JSON.stringify(one.own ?? []))
  const names = isAsking
    ? ['user/outsider', 'user/ada', 'user/ADA', 'user/axa', 'user/a/ADA', 'role/outsider', 'role/ci']
    : ['user/outsider']
  const organized = {
    'aws:PrincipalOrgID': 'o-outsideorg1',
    'aws:PrincipalOrgPaths': ['o-outsideorg1/r-outs/ou-outs-99999999/']
  }
  const signed = names.flatMap((name) => {
    const arn = `arn:aws:iam::${ABROAD}:${name}`
    const of = { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': ABROAD }
    if (name.startsWith('user/')) of['aws:username'] = name.split('/').at(-1)
    const own = Object.keys(context).length > 0 ? { ...common, ...of } : {}
    const alone = asked(principalOf(arn), own, all)
    return isAsking ? [alone, asked(principalOf(arn), { ...own, ...organized }, all)] : [alone]
  })
  return one.action.startsWith('s3:') ? [...signed, asked(anonymousPrincipal, common, [])] : signed
}

const word = async (asked, id) => {
  const response = await runSimulation(asked, {})
  if (response.resultType === 'error') {
    console.error(`case ${id}: ${JSON.stringify(response.errors)}`)
    return undefined
  }
  return response.overallResult === 'Allowed' ? 'allowed' : 'denied'
}

for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line)
  const caller = await word(simulation(one), one.id)
  const outside = await Promise.all(outsiders(one).map((asked) => word(asked, one.id)))
  if (caller && outside.every((answer) => answer)) {
    const anyone = outside.includes('allowed') ? 'allowed' : 'denied'
    console.log(JSON.stringify({ case: one, caller, anyone }))
  }
}
