//! How the answers about running things differ: where the things stand, what names them, as whom they act, what they are
//! set to.
//!
//! Source of every shape: the service models of the AWS command line (botocore 1.44.5, read 2026-11).

/// How an answer is read.
pub(super) struct Format {
    /// Where the things stand in it.
    pub(super) stands: Stands,
    /// The members by which it is known: of each thing.
    pub(super) known_by: &'static [&'static str],
    /// The type of the things, in the words of the Service Authorization Reference.
    pub(super) kind: &'static str,
    /// What names a thing.
    pub(super) name: Name,
    /// The member that is shown to people; by default the last part of the ARN.
    pub(super) shown: Option<&'static str>,
    /// So many slashes an ARN has that names all that rights are on.
    pub(super) slashes: usize,
    /// Names under which another service knows it: their beginning, and the member.
    pub(super) aliases: &'static [(&'static str, &'static str)],
    /// What is no more, or leads nowhere, gives no record.
    pub(super) exists_if: &'static [Test],
    /// What cannot be used now acts as nobody.
    pub(super) acts_if: &'static [Test],
    /// The members that name as whom it acts; the first that is there counts.
    pub(super) runs_as: &'static [(&'static str, Named)],
    /// Whether what is put on it goes onto instances.
    pub(super) is_deploying: bool,
    /// Where secrets may lie.
    pub(super) settings: &'static [Setting],
    /// Whether the command lists all things of the type.
    pub(super) is_listing: bool,
    /// Where the answer is to be saved.
    pub(super) path: &'static str,
}

/// Where things stand in an answer.
pub(super) enum Stands {
    /// Each is an element of that list.
    Rows(&'static str),
    /// One is that member.
    One(&'static str),
    /// One is the answer itself.
    Page,
}

/// What names a thing.
pub(super) enum Name {
    /// A member is its ARN.
    Arn(&'static str),
    /// It has no ARN in the answer: one is made of account, region and these words, in which `{Member}` is filled in.
    Made {
        service: &'static str,
        resource: &'static str,
    },
}

/// As what a member names whom a thing acts as. ARNs name themselves.
#[derive(Clone, Copy)]
pub(super) enum Named {
    /// A role.
    Role,
    /// An instance profile.
    Profile,
    /// Another thing that acts as somebody.
    Thing,
}

/// What is asked of a thing: the path of a member, and values.
pub(super) enum Test {
    Is(&'static str, &'static [&'static str]),
    IsNot(&'static str, &'static [&'static str]),
    /// Whatever it says.
    Has(&'static str),
}

/// Settings of a thing.
pub(super) struct Setting {
    pub(super) path: &'static str,
    pub(super) form: Form,
    /// Begins the key of the place.
    pub(super) place: &'static str,
    /// Begins the name of the place.
    pub(super) words: &'static str,
    /// The member that tells several answers about one thing apart.
    pub(super) apart: Option<&'static str>,
}

/// The form of settings.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// `{name: value}`.
    Map,
    /// `[{name: …, value: …}]`, by the names of the two members.
    Pairs(&'static str, &'static str),
    /// The same, with the member that says what the value is, and what it says of a plain one.
    PairsIf(&'static str, &'static str, &'static str, &'static str),
    /// A script in base64.
    Encoded,
    /// A script, or a definition in JSON.
    Text,
}

use Form::{Encoded, Map, Pairs, PairsIf, Text};
use Test::{Has, Is, IsNot};

/// What is rare, left out.
const PLAIN: Format = Format {
    stands: Stands::Page,
    known_by: &[],
    kind: "",
    name: Name::Arn(""),
    shown: None,
    slashes: 0,
    aliases: &[],
    exists_if: &[],
    acts_if: &[],
    runs_as: &[],
    is_deploying: false,
    settings: &[],
    is_listing: false,
    path: "",
};

/// A deployment group of CodeDeploy, alone or among others.
const DEPLOYMENT_GROUP: Format = Format {
    kind: "codedeploy:deploymentgroup",
    name: Name::Made {
        service: "codedeploy",
        resource: "deploymentgroup:{applicationName}/{deploymentGroupName}",
    },
    acts_if: &[IsNot("computePlatform", &["Lambda", "ECS"])],
    is_deploying: true,
    path: "aws/<account>/codedeploy/deployment-groups/<region>/<application>.json",
    ..PLAIN
};

const fn setting(
    path: &'static str,
    form: Form,
    place: &'static str,
    words: &'static str,
) -> Setting {
    Setting {
        path,
        form,
        place,
        words,
        apart: None,
    }
}

/// The name under which Systems Manager knows what it reaches.
const MANAGED: &[(&str, &str)] = &[("aws:managed-instance", "InstanceId")];

/// Every format. A page may be of several, for things of different types.
pub(super) const FORMATS: &[Format] = &[
    // Variables of another type than `PLAINTEXT` hold the name of a secret, not the secret.
    Format {
        stands: Stands::Rows("projects"),
        known_by: &["arn", "serviceRole"],
        kind: "codebuild:project",
        name: Name::Arn("arn"),
        runs_as: &[("serviceRole", Named::Role)],
        settings: &[
            setting(
                "environment.environmentVariables",
                PairsIf("name", "value", "type", "PLAINTEXT"),
                "build-environment",
                "environment",
            ),
            setting("source.buildspec", Text, "buildspec", "build specification"),
        ],
        path: "aws/<account>/codebuild/batch-get-projects-<region>.json",
        ..PLAIN
    },
    // Batch builds are started by CodeBuild itself, as a role that the project must have for that: else there are none.
    Format {
        stands: Stands::Rows("projects"),
        known_by: &["arn", "serviceRole"],
        kind: "codebuild:project",
        name: Name::Arn("arn"),
        aliases: &[("aws:build-batch", "name")],
        exists_if: &[Has("buildBatchConfig.serviceRole")],
        path: "aws/<account>/codebuild/batch-get-projects-<region>.json",
        ..PLAIN
    },
    // The execution role serves the agent that starts the containers: software in them cannot take it. A definition that
    // is no longer active may still be what a task runs from.
    Format {
        stands: Stands::One("taskDefinition"),
        known_by: &["taskDefinitionArn", "containerDefinitions"],
        kind: "ecs:task-definition",
        name: Name::Arn("taskDefinitionArn"),
        runs_as: &[("taskRoleArn", Named::Role)],
        settings: &[setting(
            "containerDefinitions[].environment",
            Pairs("name", "value"),
            "container-environment",
            "environment",
        )],
        path: "aws/<account>/ecs/task-definitions/<family>-<revision>.json",
        ..PLAIN
    },
    // Only a task that was started with ECS Exec can be entered: nothing leads to others.
    Format {
        stands: Stands::Rows("tasks"),
        known_by: &["taskArn", "clusterArn"],
        kind: "ecs:task",
        name: Name::Arn("taskArn"),
        slashes: 2,
        exists_if: &[
            Is("enableExecuteCommand", &["true"]),
            IsNot("lastStatus", &["STOPPED", "DELETED"]),
        ],
        runs_as: &[
            ("overrides.taskRoleArn", Named::Role),
            ("taskDefinitionArn", Named::Thing),
        ],
        path: "aws/<account>/ecs/tasks/<cluster>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("services"),
        known_by: &["serviceArn", "clusterArn"],
        kind: "ecs:service",
        name: Name::Arn("serviceArn"),
        slashes: 2,
        exists_if: &[IsNot("status", &["INACTIVE"])],
        acts_if: &[Is("enableExecuteCommand", &["true"])],
        runs_as: &[("taskDefinition", Named::Thing)],
        path: "aws/<account>/ecs/services/<cluster>.json",
        ..PLAIN
    },
    // A stack without a role works with the rights of who calls. Parameters with `NoEcho` are shown as `****`. A stack in
    // one of these states can only be deleted.
    Format {
        stands: Stands::Rows("Stacks"),
        known_by: &["StackId", "StackName", "StackStatus"],
        kind: "cloudformation:stack",
        name: Name::Arn("StackId"),
        shown: Some("StackName"),
        exists_if: &[IsNot("StackStatus", &["DELETE_COMPLETE"])],
        acts_if: &[IsNot(
            "StackStatus",
            &[
                "ROLLBACK_IN_PROGRESS",
                "ROLLBACK_FAILED",
                "ROLLBACK_COMPLETE",
                "DELETE_IN_PROGRESS",
                "DELETE_FAILED",
            ],
        )],
        runs_as: &[("RoleARN", Named::Role)],
        settings: &[
            setting(
                "Parameters",
                Pairs("ParameterKey", "ParameterValue"),
                "stack-parameters",
                "parameters",
            ),
            setting(
                "Outputs",
                Pairs("OutputKey", "OutputValue"),
                "stack-outputs",
                "outputs",
            ),
        ],
        is_listing: true,
        path: "aws/<account>/cloudformation/describe-stacks-<region>.json",
        ..PLAIN
    },
    // What a stack set does, it does as the execution role in each account: that is no role of its own.
    Format {
        stands: Stands::One("StackSet"),
        known_by: &["StackSetARN", "StackSetName"],
        kind: "cloudformation:stackset",
        name: Name::Arn("StackSetARN"),
        shown: Some("StackSetName"),
        exists_if: &[IsNot("Status", &["DELETED"])],
        settings: &[setting(
            "Parameters",
            Pairs("ParameterKey", "ParameterValue"),
            "stack-parameters",
            "parameters",
        )],
        path: "aws/<account>/cloudformation/stack-sets/<stack set>.json",
        ..PLAIN
    },
    // What is launched without a word about the version is launched from the default one.
    Format {
        stands: Stands::Rows("LaunchTemplateVersions"),
        known_by: &["LaunchTemplateId", "LaunchTemplateData"],
        kind: "ec2:launch-template",
        name: Name::Made {
            service: "ec2",
            resource: "launch-template/{LaunchTemplateId}",
        },
        shown: Some("LaunchTemplateName"),
        acts_if: &[Is("DefaultVersion", &["true"])],
        runs_as: &[
            ("LaunchTemplateData.IamInstanceProfile.Arn", Named::Profile),
            ("LaunchTemplateData.IamInstanceProfile.Name", Named::Profile),
        ],
        settings: &[Setting {
            apart: Some("VersionNumber"),
            ..setting(
                "LaunchTemplateData.UserData",
                Encoded,
                "user-data",
                "user data of version",
            )
        }],
        path: "aws/<account>/ec2/describe-launch-template-versions-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("LaunchTemplates"),
        known_by: &["LaunchTemplateId", "DefaultVersionNumber"],
        kind: "ec2:launch-template",
        name: Name::Made {
            service: "ec2",
            resource: "launch-template/{LaunchTemplateId}",
        },
        shown: Some("LaunchTemplateName"),
        is_listing: true,
        path: "aws/<account>/ec2/describe-launch-templates-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Page,
        known_by: &["InstanceId", "UserData"],
        kind: "ec2:instance",
        name: Name::Made {
            service: "ec2",
            resource: "instance/{InstanceId}",
        },
        settings: &[setting("UserData.Value", Encoded, "user-data", "user data")],
        path: "aws/<account>/ec2/user-data/<region>/<instance>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("LaunchConfigurations"),
        known_by: &["LaunchConfigurationARN"],
        kind: "autoscaling:launchConfiguration",
        name: Name::Arn("LaunchConfigurationARN"),
        shown: Some("LaunchConfigurationName"),
        runs_as: &[("IamInstanceProfile", Named::Profile)],
        settings: &[setting("UserData", Encoded, "user-data", "user data")],
        is_listing: true,
        path: "aws/<account>/autoscaling/describe-launch-configurations-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("DevEndpoints"),
        known_by: &["EndpointName", "RoleArn"],
        kind: "glue:devEndpoint",
        name: Name::Made {
            service: "glue",
            resource: "devEndpoint/{EndpointName}",
        },
        acts_if: &[Is("Status", &["READY"])],
        runs_as: &[("RoleArn", Named::Role)],
        settings: &[setting("Arguments", Map, "endpoint-arguments", "arguments")],
        is_listing: true,
        path: "aws/<account>/glue/get-dev-endpoints-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("Jobs"),
        known_by: &["Name", "Role", "Command"],
        kind: "glue:job",
        name: Name::Made {
            service: "glue",
            resource: "job/{Name}",
        },
        runs_as: &[("Role", Named::Role)],
        settings: &[
            setting("DefaultArguments", Map, "job-arguments", "arguments"),
            setting(
                "NonOverridableArguments",
                Map,
                "job-fixed-arguments",
                "fixed arguments",
            ),
            setting(
                "SourceControlDetails",
                Map,
                "job-source-control",
                "source control",
            ),
        ],
        is_listing: true,
        path: "aws/<account>/glue/get-jobs-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("ConnectionList"),
        known_by: &["Name", "ConnectionProperties"],
        kind: "glue:connection",
        name: Name::Made {
            service: "glue",
            resource: "connection/{Name}",
        },
        settings: &[setting(
            "ConnectionProperties",
            Map,
            "connection-properties",
            "properties",
        )],
        is_listing: true,
        path: "aws/<account>/glue/get-connections-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Page,
        known_by: &["NotebookInstanceArn", "NotebookInstanceStatus"],
        kind: "sagemaker:notebook-instance",
        name: Name::Arn("NotebookInstanceArn"),
        shown: Some("NotebookInstanceName"),
        acts_if: &[IsNot("NotebookInstanceStatus", &["Failed", "Deleting"])],
        runs_as: &[("RoleArn", Named::Role)],
        path: "aws/<account>/sagemaker/notebook-instances/<notebook instance>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Page,
        known_by: &["NotebookInstanceLifecycleConfigArn"],
        kind: "sagemaker:notebook-instance-lifecycle-config",
        name: Name::Arn("NotebookInstanceLifecycleConfigArn"),
        shown: Some("NotebookInstanceLifecycleConfigName"),
        settings: &[
            setting(
                "OnCreate[].Content",
                Encoded,
                "creation-script",
                "creation script",
            ),
            setting("OnStart[].Content", Encoded, "start-script", "start script"),
        ],
        path: "aws/<account>/sagemaker/lifecycle-configs/<configuration>.json",
        ..PLAIN
    },
    // The access role pulls the image; software in it has the instance role.
    Format {
        stands: Stands::One("Service"),
        known_by: &["ServiceArn", "SourceConfiguration"],
        kind: "apprunner:service",
        name: Name::Arn("ServiceArn"),
        shown: Some("ServiceName"),
        exists_if: &[IsNot("Status", &["DELETED"])],
        acts_if: &[Is("Status", &["RUNNING", "OPERATION_IN_PROGRESS"])],
        runs_as: &[("InstanceConfiguration.InstanceRoleArn", Named::Role)],
        settings: &[
            setting(
                "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables",
                Map,
                "service-environment",
                "environment",
            ),
            setting(
                "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables",
                Map,
                "service-environment",
                "environment",
            ),
        ],
        path: "aws/<account>/apprunner/services/<service>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("jobDefinitions"),
        known_by: &["jobDefinitionArn", "revision"],
        kind: "batch:job-definition",
        name: Name::Arn("jobDefinitionArn"),
        acts_if: &[Is("status", &["ACTIVE"])],
        runs_as: &[
            ("containerProperties.jobRoleArn", Named::Role),
            ("ecsProperties.taskProperties[].taskRoleArn", Named::Role),
            (
                "nodeProperties.nodeRangeProperties[].container.jobRoleArn",
                Named::Role,
            ),
        ],
        settings: &[
            setting(
                "containerProperties.environment",
                Pairs("name", "value"),
                "container-environment",
                "environment",
            ),
            setting(
                "ecsProperties.taskProperties[].containers[].environment",
                Pairs("name", "value"),
                "task-environment",
                "environment",
            ),
            setting(
                "nodeProperties.nodeRangeProperties[].container.environment",
                Pairs("name", "value"),
                "node-environment",
                "environment",
            ),
            setting(
                "eksProperties.podProperties.containers[].env",
                Pairs("name", "value"),
                "pod-environment",
                "environment",
            ),
        ],
        is_listing: true,
        path: "aws/<account>/batch/describe-job-definitions-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Page,
        known_by: &["stateMachineArn", "definition", "roleArn"],
        kind: "states:stateMachine",
        name: Name::Arn("stateMachineArn"),
        shown: Some("name"),
        acts_if: &[Is("status", &["ACTIVE"])],
        runs_as: &[("roleArn", Named::Role)],
        settings: &[setting("definition", Text, "definition", "definition")],
        path: "aws/<account>/stepfunctions/state-machines/<state machine>.json",
        ..PLAIN
    },
    // The service role is CodeDeploy's own: what is deployed runs on the instances, as their roles.
    Format {
        stands: Stands::Rows("deploymentGroupsInfo"),
        known_by: &["applicationName", "deploymentGroupName"],
        ..DEPLOYMENT_GROUP
    },
    Format {
        stands: Stands::One("deploymentGroupInfo"),
        known_by: &["applicationName", "deploymentGroupName"],
        ..DEPLOYMENT_GROUP
    },
    // An EC2 instance that Systems Manager reaches is known by its own export; here it is said that it is reached.
    Format {
        stands: Stands::Rows("InstanceInformationList"),
        known_by: &["InstanceId", "PingStatus"],
        kind: "ec2:instance",
        name: Name::Made {
            service: "ec2",
            resource: "instance/{InstanceId}",
        },
        aliases: MANAGED,
        exists_if: &[
            Is("ResourceType", &["EC2Instance"]),
            Is("PingStatus", &["Online"]),
        ],
        path: "aws/<account>/ssm/describe-instance-information-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("InstanceInformationList"),
        known_by: &["InstanceId", "PingStatus"],
        kind: "ssm:managed-instance",
        name: Name::Made {
            service: "ssm",
            resource: "managed-instance/{InstanceId}",
        },
        shown: Some("ComputerName"),
        aliases: MANAGED,
        exists_if: &[
            Is("ResourceType", &["ManagedInstance"]),
            Is("PingStatus", &["Online"]),
        ],
        runs_as: &[("IamRole", Named::Role)],
        path: "aws/<account>/ssm/describe-instance-information-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Page,
        known_by: &["Name", "DocumentVersion", "Content", "DocumentFormat"],
        kind: "ssm:document",
        name: Name::Made {
            service: "ssm",
            resource: "document/{Name}",
        },
        settings: &[setting("Content", Text, "document", "content")],
        path: "aws/<account>/ssm/documents/<region>/<document>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("apps"),
        known_by: &["appArn", "appId"],
        kind: "amplify:apps",
        name: Name::Arn("appArn"),
        shown: Some("name"),
        settings: &[setting(
            "environmentVariables",
            Map,
            "app-environment",
            "environment",
        )],
        is_listing: true,
        path: "aws/<account>/amplify/list-apps-<region>.json",
        ..PLAIN
    },
    Format {
        stands: Stands::Rows("ConfigurationSettings"),
        known_by: &["ApplicationName", "EnvironmentName", "OptionSettings"],
        kind: "elasticbeanstalk:environment",
        name: Name::Made {
            service: "elasticbeanstalk",
            resource: "environment/{ApplicationName}/{EnvironmentName}",
        },
        settings: &[setting(
            "OptionSettings",
            Pairs("OptionName", "Value"),
            "environment-properties",
            "properties",
        )],
        path: "aws/<account>/elasticbeanstalk/configuration-settings/<region>/<environment>.json",
        ..PLAIN
    },
];

/// The commands, for people.
pub(super) const COMMANDS: &str = "\
aws codebuild batch-get-projects --names <projects> --output json > aws/<account>/codebuild/batch-get-projects-<region>.json
    aws ecs describe-task-definition --task-definition <family:revision> --output json > aws/<account>/ecs/task-definitions/<family>-<revision>.json
    aws ecs describe-tasks --cluster <cluster> --tasks <tasks> --output json > aws/<account>/ecs/tasks/<cluster>.json
    aws ecs describe-services --cluster <cluster> --services <services> --output json > aws/<account>/ecs/services/<cluster>.json
    aws cloudformation describe-stacks --output json > aws/<account>/cloudformation/describe-stacks-<region>.json
    aws cloudformation describe-stack-set --stack-set-name <stack set> --output json > aws/<account>/cloudformation/stack-sets/<stack set>.json
    aws ec2 describe-launch-template-versions --versions '$Latest' '$Default' --output json > aws/<account>/ec2/describe-launch-template-versions-<region>.json
    aws ec2 describe-launch-templates --output json > aws/<account>/ec2/describe-launch-templates-<region>.json
    aws ec2 describe-instance-attribute --attribute userData --instance-id <instance> --output json > aws/<account>/ec2/user-data/<region>/<instance>.json
    aws autoscaling describe-launch-configurations --output json > aws/<account>/autoscaling/describe-launch-configurations-<region>.json
    aws glue get-dev-endpoints --output json > aws/<account>/glue/get-dev-endpoints-<region>.json
    aws glue get-jobs --output json > aws/<account>/glue/get-jobs-<region>.json
    aws glue get-connections --output json > aws/<account>/glue/get-connections-<region>.json
    aws sagemaker describe-notebook-instance --notebook-instance-name <notebook instance> --output json > aws/<account>/sagemaker/notebook-instances/<notebook instance>.json
    aws sagemaker describe-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name <configuration> --output json > aws/<account>/sagemaker/lifecycle-configs/<configuration>.json
    aws apprunner describe-service --service-arn <service ARN> --output json > aws/<account>/apprunner/services/<service>.json
    aws batch describe-job-definitions --output json > aws/<account>/batch/describe-job-definitions-<region>.json
    aws stepfunctions describe-state-machine --state-machine-arn <state machine ARN> --output json > aws/<account>/stepfunctions/state-machines/<state machine>.json
    aws deploy batch-get-deployment-groups --application-name <application> --deployment-group-names <deployment groups> --output json > aws/<account>/codedeploy/deployment-groups/<region>/<application>.json
    aws ssm describe-instance-information --output json > aws/<account>/ssm/describe-instance-information-<region>.json
    aws ssm get-document --name <document> --output json > aws/<account>/ssm/documents/<region>/<document>.json
    aws amplify list-apps --output json > aws/<account>/amplify/list-apps-<region>.json
    aws elasticbeanstalk describe-configuration-settings --application-name <application> --environment-name <environment> --output json > aws/<account>/elasticbeanstalk/configuration-settings/<region>/<environment>.json";

/// The top-level keys, for "did you mean".
pub(super) const KEYS: &[&str] = &[
    "projects",
    "taskDefinition",
    "tasks",
    "services",
    "Stacks",
    "StackSet",
    "LaunchTemplateVersions",
    "LaunchTemplates",
    "InstanceId",
    "LaunchConfigurations",
    "DevEndpoints",
    "Jobs",
    "ConnectionList",
    "NotebookInstanceArn",
    "NotebookInstanceLifecycleConfigArn",
    "Service",
    "jobDefinitions",
    "stateMachineArn",
    "deploymentGroupsInfo",
    "deploymentGroupInfo",
    "InstanceInformationList",
    "DocumentVersion",
    "apps",
    "ConfigurationSettings",
];
