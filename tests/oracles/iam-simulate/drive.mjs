// Reads cases as JSON lines on standard input; answers each with the case and two words, as a JSON line.
// A case that the oracle refuses is named on standard error and left out.

import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const SESSION = 'leak'
const OUTSIDER = 'arn:aws:iam::999999999999:user/outsider'

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

// Somebody outside: with an account of their own, whose administrator they are; and, where services take unsigned
// requests, without any.
const outsiders = (one) => {
  const { 'aws:SecureTransport': transport } = one.context ?? {}
  const common = transport ? { 'aws:SecureTransport': transport } : {}
  const own = { 'aws:PrincipalArn': OUTSIDER, 'aws:PrincipalAccount': '999999999999', 'aws:username': 'outsider' }
  const base = simulation({ ...one, caller: OUTSIDER, identity: [], boundary: undefined, scps: [] })
  const all = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
  const signed = {
    ...base,
    request: { ...base.request, contextVariables: transport ? { ...common, ...own } : {} },
    identityPolicies: [{ name: 'all', policy: document(all) }]
  }
  const unsigned = { ...base, request: { ...base.request, principal: anonymousPrincipal, contextVariables: common } }
  return one.action.startsWith('s3:') ? [signed, unsigned] : [signed]
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
