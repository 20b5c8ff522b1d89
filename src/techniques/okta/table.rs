//! The techniques of Okta, each once.

use crate::techniques::listed::declare;

declare! {
    "okta";

    MEMBER = "okta/member", "act as a member of the group",
        "acting as a member", "acting as the group: its apps and its admin roles",
        ["T1078.004"], "take the member out of the group",
        "https://developer.okta.com/docs/concepts/role-assignment/";
    API = "okta/use-api", "call Okta's API",
        "acting as who holds an admin role, or a token of theirs", "the rights of the roles, by the API",
        ["T1078.004"], "revoke the token; take the role away",
        "https://help.okta.com/en-us/Content/Topics/security/api.htm";
    SUPER = "okta/super-administrator", "use the super administrator's role",
        "acting as who was assigned the role", "administration of the organisation",
        ["T1078.004"], "take the role away",
        "https://help.okta.com/oie/en-us/content/topics/security/administrators-super-admin.htm";
    ADMINISTER = "okta/administer", "take it as super administrator",
        "administration of the organisation", "acting as any user, group or app of it",
        ["T1098"], "fewer super administrators",
        "https://help.okta.com/oie/en-us/content/topics/security/administrators-super-admin.htm";
    ROLE = "okta/role", "use the admin role",
        "acting as who was assigned the role", "what the role lets one do to whom it is over",
        ["T1078.004"], "take the role away, or limit it to fewer groups or apps",
        "https://help.okta.com/oie/en-us/content/topics/security/administrators-admin-comparison.htm";
    RESET = "okta/reset-user", "reset the user's password and factors, and sign in",
        "resetting the user's password (and second factors)", "acting as the user",
        ["T1098", "T1556.006"], "limit the role to groups without such users; ask for more at sign-in",
        "https://help.okta.com/oie/en-us/content/topics/security/administrators-help-desk-admin.htm";
    USER = "okta/be-a-user", "be a user of the organisation",
        "acting as any user", "a user whom one can put into groups and apps",
        ["T1078.004"], "none: every user is one",
        "https://developer.okta.com/docs/concepts/user-profiles/";
    JOIN = "okta/add-to-group", "put a user into the group",
        "adding members to the group, and acting as some user", "acting as the group",
        ["T1098"], "take the right to the group away; assign an admin role to the group, which keeps others off",
        "https://help.okta.com/oie/en-us/content/topics/security/administrators-group-membership-admin.htm";
    MATCH = "okta/match-group-rule", "set the attribute that a group rule reads",
        "changing profiles, and acting as some user", "acting as the group that the rule fills",
        ["T1098"], "let the rule read an attribute that only its source writes",
        "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles/usgp-about-group-rules.htm";
    SIGN_IN = "okta/sign-in-to-app", "sign in to the app",
        "acting as who is assigned to the app", "the access that an assigned user has",
        ["T1550.001"], "take the assignment away",
        "https://help.okta.com/oie/en-us/Content/Topics/Apps/apps-assign-applications.htm";
    ASSIGN = "okta/assign-to-app", "assign a user to the app",
        "assigning to the app, and acting as some user", "the access that an assigned user has",
        ["T1098"], "take the right to assign away",
        "https://help.okta.com/en-us/content/topics/security/custom-admin-role/about-role-permissions.htm";
    MANAGE = "okta/manage-app", "change the app's settings",
        "a role over the app", "administration of the app",
        ["T1098"], "limit the role to other apps",
        "https://developer.okta.com/docs/api/openapi/okta-management/management/tags/rolebtargetadmin";
    ADD_KEY = "okta/add-app-key", "give the app a key of one's own",
        "administration of the app", "acting as the app",
        ["T1098.001"], "limit who manages the app",
        "https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/";
    READ_SECRET = "okta/read-client-secret", "read the app's client secret",
        "a role that reads client secrets", "the client secret",
        ["T1552"], "sign with keys (`private_key_jwt`) and delete the secret; take the role away",
        "https://help.okta.com/en-us/content/topics/security/custom-admin-role/about-role-permissions.htm";
    AWS = "okta/sign-in-to-aws", "sign in to the AWS role",
        "acting as who is assigned to the app with the role", "acting as the AWS role",
        ["T1550.001", "T1078.004"], "take the role out of the assignment; narrow the trust of the role",
        "https://saml-doc.okta.com/SAML_Docs/How-to-Configure-SAML-2.0-for-Amazon-Web-Service.html";
    ASSERT = "okta/assert-anybody", "sign in as anybody by the app",
        "administration of the app", "acting as whomever the other side takes the app's word for",
        ["T1606.002", "T1484.002"], "limit who manages the app",
        "https://saml-doc.okta.com/SAML_Docs/How-to-Configure-SAML-2.0-for-Amazon-Web-Service.html";
    GITHUB = "okta/sign-in-to-github", "sign in to GitHub",
        "acting as who is assigned to the app", "acting as the GitHub user that is linked",
        ["T1550.001", "T1078.004"], "take the assignment away",
        "https://docs.github.com/en/enterprise-cloud@latest/organizations/managing-saml-single-sign-on-for-your-organization/about-identity-and-access-management-with-saml-single-sign-on";
}
