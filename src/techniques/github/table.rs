//! The techniques of GitHub, each once.

use crate::techniques::listed::declare;

declare! {
    "github";

    ROLE = "github/role", "use the role",
        "acting as who was given the role", "what the role lets one do on the repository",
        ["T1078.004"], "take the role away, or give a smaller one",
        "https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization";
    MEMBER = "github/member", "act as a member of the group",
        "acting as a member", "acting as its team, or as all members or owners",
        ["T1078.004"], "take the member out",
        "https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams";
    READ = "github/read-repository", "read the repository",
        "a role that reads it", "reading its content, and what was left in its files",
        ["T1213.003"], "take the role away; rotate what lies in its files",
        "https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization";
    ADMINISTER = "github/administer", "change the settings",
        "the role of an administrator or owner", "administration of it",
        ["T1098"], "take the role away",
        "https://docs.github.com/en/organizations/managing-peoples-access-to-your-organization-with-roles/roles-in-an-organization";
    PUSH = "github/push", "push to the branch",
        "a role that pushes, and no rule that keeps it off the branch", "content of the branch of one's own, workflow files too",
        ["T1195.002"], "protect the branch with a rule that binds the role; restrict who makes branches",
        "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches";
    PUSH_ALLOWED = "github/push-allowed", "push where the rule lets one pass",
        "acting as whom the rule names, with a role that pushes", "content of the branch of one's own",
        ["T1195.002"], "take the name out of the rule",
        "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches";
    EDIT_PROTECTION = "github/edit-protection", "take the protection off the branch, and push",
        "the right to edit the rule, and a role that pushes (of one or of two)", "content of the branch of one's own",
        ["T1562.001", "T1195.002"], "take the right to edit away; put the rule into a ruleset of the organisation",
        "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/managing-a-branch-protection-rule";
    APPROVE_OWN = "github/approve-own-request", "have a workflow approve the pull request",
        "a workflow run of a repository that lets workflows approve, and a role that merges", "content of a branch that asks for one approval",
        ["T1562.001", "T1195.002"], "let workflows approve nothing; ask for two approvals, or for owners of the code",
        "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository";
    RUN_WORKFLOW = "github/run-workflow", "push a workflow, and run it",
        "pushing workflow files to any branch", "acting as a workflow run of the repository",
        ["T1677"], "protect all branches that may be made (rulesets with creation); switch Actions off",
        "https://docs.github.com/en/actions/reference/security/secure-use";
    RUN_PUSHED = "github/run-pushed", "push a file that a workflow runs",
        "pushing without the right to change workflow files", "acting as a workflow run, if a workflow runs what is pushed",
        ["T1677"], "protect all branches; run nothing of a branch beside secrets",
        "https://docs.github.com/en/actions/reference/security/secure-use";
    READ_SECRET = "github/read-actions-secrets", "print the secrets in a workflow run",
        "acting as a workflow run of the repository", "the secrets of the repository, and those of the organisation that it sees",
        ["T1552"], "put the secret into an environment with reviewers; let fewer repositories see it; use OIDC",
        "https://docs.github.com/en/actions/reference/security/secrets";
    DEPLOY = "github/deploy", "run a job of the environment",
        "pushing a workflow to a ref that the environment takes", "deploying to the environment",
        ["T1677"], "ask for reviewers; name the branches that may deploy",
        "https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments";
    APPROVE = "github/approve-deployment", "run a job of the environment, and approve it",
        "pushing a workflow to a ref that the environment takes, and acting as a reviewer", "deploying to the environment",
        ["T1677"], "let nobody approve what they started themselves; fewer reviewers",
        "https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments";
    OPEN_ENVIRONMENT = "github/open-environment", "take the rules off the environment, and deploy",
        "administration of the repository, and a workflow run of it (of one or of two)", "deploying to the environment",
        ["T1562.001"], "take the administrator's role away",
        "https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments";
    READ_ENVIRONMENT = "github/read-environment-secrets", "print the secrets in a job of the environment",
        "deploying to the environment", "the secrets of the environment",
        ["T1552"], "use OIDC; ask for reviewers",
        "https://docs.github.com/en/actions/reference/security/secrets";
    MINT_SUBJECT = "github/mint-subject", "have a run ask for a token of GitHub's issuer",
        "pushing a workflow to a ref, or deploying to an environment, whose subject somebody trusts", "acting as whom the trusting side takes for it",
        ["T1550.001", "T1199"], "narrow the subject of the trust to a protected branch or an environment with reviewers",
        "https://docs.github.com/en/actions/reference/security/oidc";
    TOKEN = "github/token", "use what the token may do, as far as its owner may",
        "acting with a token", "what the token's permissions and its owner's role both allow",
        ["T1550.001"], "revoke the token, or take the permission from it",
        "https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens";
    SCOPE = "github/scope", "use the scopes of the classic token, as far as its owner may",
        "acting with a classic token", "what its scopes and its owner's role both allow",
        ["T1550.001"], "revoke the token; use a fine-grained one",
        "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps";
    DEPLOY_KEY = "github/deploy-key", "use the deploy key",
        "the private half of a deploy key", "reading the repository, or pushing to it",
        ["T1552.004"], "delete the key, or make it read-only",
        "https://docs.github.com/en/authentication/connecting-to-github-with-ssh/managing-deploy-keys";
    APP = "github/app", "use the app's permissions",
        "acting as the installation", "what it was permitted",
        ["T1550.001"], "uninstall the app, or permit it less",
        "https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps";
    APP_DEVELOPER = "github/app-developer", "make a token of the installation with the app's private key",
        "acting as who develops the app", "acting as every installation of it",
        ["T1199", "T1195"], "uninstall the app",
        "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app";
    ADD_MEMBER = "github/add-to-team", "put an account of one's own into a team",
        "the right to manage members", "acting as any team",
        ["T1098"], "take the permission away",
        "https://docs.github.com/en/rest/teams/members";
    USE_SECRET = "github/use-secret", "read the secret that the job is given",
        "acting as a job", "the secrets that it names",
        ["T1552"], "give the secret to a job without others' code",
        "https://docs.github.com/en/actions/reference/security/secure-use";
    JOB_TOKEN = "github/job-token", "use the token of the job",
        "acting as a job whose token may write", "pushing to the repository, workflow files excepted",
        ["T1550.001"], "let the token read only",
        "https://docs.github.com/en/actions/reference/security/secure-use";
    UNPINNED_ACTION = "github/unpinned-action", "publish a version of the action that the job then runs",
        "acting as who publishes the action", "acting as the job",
        ["T1195.001", "T1195.002"], "pin the action to a whole commit",
        "https://docs.github.com/en/actions/reference/security/secure-use";
    PWN_REQUEST = "github/pwn-request", "have the job run what a stranger wrote",
        "being able to open a pull request, issue or comment", "acting as the job",
        ["T1677", "T1195.002"], "do not check out or expand what strangers write in a job with secrets",
        "https://docs.github.com/en/actions/reference/security/securely-using-pull_request_target";
    USE_RUNNER = "github/stay-on-runner", "stay on the runner, and wait for other jobs",
        "a workflow run on a runner that is kept", "administration of the runner, and the jobs that run there",
        ["T1543", "T1677"], "use runners that are thrown away after a job",
        "https://docs.github.com/en/actions/reference/security/secure-use";
}
