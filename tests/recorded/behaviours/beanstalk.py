"""Elastic Beanstalk, in a world where `shop-prod` is well."""
from .table import case

SCENARIO = "healthy-public"
NAME = "shop-prod"


def environment(w, name=NAME, **more):
    return w.call("elasticbeanstalk:DescribeEnvironments", EnvironmentNames=[name], **more)["Environments"][0]


def settled(w, name=NAME):
    """Lets time pass until the environment is not busy any more; the environment."""
    for _ in range(240):
        row = environment(w, name, IncludeDeleted=True, IncludedDeletedBackTo="2020-01-01T00:00:00Z")
        if row["Status"] in ("Ready", "Terminated"):
            return row
        w.advance(30)
    raise AssertionError(f"still {row['Status']}")


def told(w, text, name=NAME):
    """The event that is the text, or begins so."""
    rows = w.call("elasticbeanstalk:DescribeEvents", EnvironmentName=name)["Events"]
    found = [r["Message"] for r in rows if r["Message"].startswith(text)]
    return {"event": found[0] if found else [r["Message"] for r in rows][:12]}


# AWS's client looks for the beginning of these; the sandbox's go on.
GO_ON = {"is complete, but with errors.": "is complete, but with errors.<advice>",
         "Completed swapping CNAMEs for environments": "Completed swapping CNAMEs for environments<names>"}


def settings(w):
    return w.call("elasticbeanstalk:DescribeConfigurationSettings", ApplicationName="shop", EnvironmentName=NAME)["ConfigurationSettings"][0]


def another(w, name, **more):
    """Begins to create an environment like shop-prod, unless told otherwise."""
    given = {("aws:ec2:vpc", "VPCId"), ("aws:ec2:vpc", "Subnets"), ("aws:ec2:vpc", "ELBSubnets"),
             ("aws:ec2:vpc", "AssociatePublicIpAddress"), ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"),
             ("aws:elasticbeanstalk:environment", "ServiceRole"), ("aws:elasticbeanstalk:environment", "LoadBalancerType")}
    options = [{k: o[k] for k in ("Namespace", "OptionName", "Value")} for o in settings(w)["OptionSettings"]
               if (o["Namespace"], o["OptionName"]) in given and o.get("Value")]
    options = [o for o in options if o["OptionName"] not in {m["OptionName"] for m in more.get("OptionSettings", [])}]
    more["OptionSettings"] = options + more.get("OptionSettings", [])
    return w.call("elasticbeanstalk:CreateEnvironment", **{"ApplicationName": "shop", "EnvironmentName": name,
                                                            "PlatformArn": environment(w)["PlatformArn"], **more})


def option(namespace, name, value):
    return {"Namespace": namespace, "OptionName": name, "Value": value}


BASIC = option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "basic")
CLASSIC = option("aws:elasticbeanstalk:environment", "LoadBalancerType", "classic")


@case("eb-describe-environment", without={"EndpointURL": "the recorded one had none yet"})
def classic_and_basic(w):
    another(w, "classic", OptionSettings=[BASIC, CLASSIC])
    settled(w, "classic")
    row = environment(w, "classic")
    assert "HealthStatus" not in row and row["Tier"]["Version"] == " " and row["EnvironmentLinks"] == [], row
    return {"row": row}


@case("eb-example-resources", instead={"e-qu3fyyjyjs": "<environment>", "QSB2ZO88SXZT": "<random>", "awseb-e-q-AWSEBLoa-1EEPZ0K98BIF0": "<balancer>"},
      without={"LaunchConfigurations": "since 1 October 2024 new environments have launch templates instead"})
def resources(w):
    another(w, "single", OptionSettings=[CLASSIC, option("aws:autoscaling:asg", "MinSize", "1")])
    settled(w, "single")
    answer = w.call("elasticbeanstalk:DescribeEnvironmentResources", EnvironmentName="single")
    assert answer["EnvironmentResources"]["LaunchTemplates"]
    return {"answer": answer}


@case("eb-example-health")
def health(w):
    asked = "elasticbeanstalk:DescribeEnvironmentHealth"
    assert set(w.call(asked, EnvironmentName=NAME)) == {"EnvironmentName"}
    row = w.call(asked, EnvironmentName=NAME, AttributeNames=["All"])
    row.pop("Status")                          # "not among them unless asked for": `All` asks for it in newer answers
    return {"row": row, "Causes": row["Causes"]}


@case("eb-example-settings", without={"PlatformArn": "", "TemplateName": "", "VersionLabel": "", "Description": "only if given",
                                      "OptionSettings[].ResourceName": "asserted by the replay"})
def example_settings(w):
    row = settings(w)
    named = {o.get("ResourceName") for o in row["OptionSettings"]}
    assert "AWSEBAutoScalingGroup" in named, named
    row = {key: value for key, value in row.items() if key not in ("PlatformArn", "TemplateName", "VersionLabel", "Tier", "EnvironmentId", "Description")}
    return {"row": row, "DeploymentStatus": row["DeploymentStatus"]}


@case("eb-example-dns")
def names(w):
    return {"answer": w.call("elasticbeanstalk:CheckDNSAvailability", CNAMEPrefix="my-cname")}


@case("eb-tags-system", instead={"fookey": "team", "c7n-eb-tag-test": "cost"})
def tags(w):
    arn = environment(w)["EnvironmentArn"]
    w.call("elasticbeanstalk:UpdateTagsForResource", ResourceArn=arn, TagsToAdd=[{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}])
    settled(w)
    rows = w.call("elasticbeanstalk:ListTagsForResource", ResourceArn=arn)["ResourceTags"]
    return {"tag keys": [r["Key"] for r in rows]}


@case("eb-tags-env-gone")
def tags_of_nothing(w):
    arn = environment(w)["EnvironmentArn"].replace(NAME, "no-such")
    return w.said("elasticbeanstalk:ListTagsForResource", ResourceArn=arn)


@case("eb-error-name-taken", "eb-error-cname-taken", "eb-error-app-missing", "eb-error-app-taken", "eb-error-no-platform",
      "eb-error-template-taken")
def refusals(w):
    make, platform = "elasticbeanstalk:CreateEnvironment", environment(w)["PlatformArn"]
    template = {"ApplicationName": "shop", "TemplateName": "kept", "PlatformArn": platform}
    w.call("elasticbeanstalk:CreateConfigurationTemplate", **template)
    prefix = environment(w)["CNAME"].split(".")[0]
    return {
        "eb-error-name-taken": w.said(make, ApplicationName="shop", EnvironmentName=NAME, PlatformArn=platform),
        "eb-error-cname-taken": w.said(make, ApplicationName="shop", EnvironmentName="other", CNAMEPrefix=prefix, PlatformArn=platform),
        "eb-error-app-missing": w.said(make, ApplicationName="no-such", EnvironmentName="other", PlatformArn=platform),
        "eb-error-app-taken": w.said("elasticbeanstalk:CreateApplication", ApplicationName="shop"),
        "eb-error-no-platform": w.said("elasticbeanstalk:CreateConfigurationTemplate", ApplicationName="shop", TemplateName="bare"),
        "eb-error-template-taken": w.said("elasticbeanstalk:CreateConfigurationTemplate", **template)}


@case("eb-error-health-basic")
def health_of_basic(w):
    another(w, "basic", OptionSettings=[BASIC])
    settled(w, "basic")
    return w.said("elasticbeanstalk:DescribeEnvironmentHealth", EnvironmentName="basic", AttributeNames=["All"])


@case("eb-example-create", "eb-event-create-ok", "eb-example-update", "eb-invalid-state", "eb-event-update-ok", "eb-event-config-ok",
      "eb-example-events")
def created_and_updated(w):
    made = another(w, "brand-new")
    settled(w, "brand-new")
    ok = told(w, "Successfully launched environment", "brand-new")
    w.advance(600)
    update = w.call("elasticbeanstalk:UpdateEnvironment", EnvironmentName="brand-new",
                    OptionSettings=[option("aws:elasticbeanstalk:application:environment", "COLOUR", "green")])
    busy = w.said("elasticbeanstalk:UpdateEnvironment", EnvironmentName="brand-new", Description="again")
    settled(w, "brand-new")
    config, update_ok = told(w, "Successfully deployed new configuration", "brand-new"), told(w, "Environment update completed", "brand-new")
    w.advance(600)
    version(w, "slow", "Shop; deploys-in: 200s")
    w.call("elasticbeanstalk:UpdateEnvironment", EnvironmentName="brand-new", VersionLabel="slow")
    settled(w, "brand-new")
    w.advance(600)
    rows = w.call("elasticbeanstalk:DescribeEvents", EnvironmentName="brand-new")["Events"]
    wanted = ("Environment health has transitioned from Info to Ok.", "Environment update completed successfully.", "Using elasticbeanstalk-",
              "createEnvironment is starting.")
    lines = [f"{r['Severity']} {r['Message']} ({'' if 'RequestId' in r else 'no '}RequestId)" for r in rows if r["Message"].startswith(wanted)]
    lines = list(dict.fromkeys(lines))         # newest first: of what came twice, the last time
    return {"eb-example-create": {"members": made}, "eb-event-create-ok": ok, "eb-example-update": {"members": update},
            "eb-invalid-state": busy, "eb-event-update-ok": update_ok,
            "eb-event-config-ok": config, "eb-example-events": {"events": lines}}


def cut_off(w):
    """Takes the default routes away from the environment's subnets; gives back what restores them."""
    tables = w.call("ec2:DescribeRouteTables")["RouteTables"]
    routes = [(t["RouteTableId"], r["GatewayId"]) for t in tables for r in t["Routes"]
              if r.get("DestinationCidrBlock") == "0.0.0.0/0" and r.get("GatewayId", "").startswith("igw-")]
    for table, _ in routes:
        w.call("ec2:DeleteRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    return lambda: [w.call("ec2:CreateRoute", RouteTableId=t, DestinationCidrBlock="0.0.0.0/0", GatewayId=g) for t, g in routes]


@case("eb-event-create-failed", "eb-event-create-with-errors", instead=GO_ON)
def created_badly(w):
    another(w, "no-profile", OptionSettings=[option("aws:autoscaling:launchconfiguration", "IamInstanceProfile", "no-such-profile")])
    settled(w, "no-profile")
    failed = told(w, "Failed to launch environment", "no-profile")
    version(w, "fails", "Shop; deploys: no")
    another(w, "with-errors", VersionLabel="fails")
    assert settled(w, "with-errors")["Status"] == "Ready"
    with_errors = told(w, "Create environment operation is complete, but with errors", "with-errors")
    return {"eb-event-create-failed": failed, "eb-event-create-with-errors": with_errors}


def version(w, label, description):
    w.call("elasticbeanstalk:CreateApplicationVersion", ApplicationName="shop", VersionLabel=label, Description=description)


@case("eb-event-deploy-failed", "eb-event-update-with-errors", "eb-event-update-reverted", "eb-event-config-failed", instead=GO_ON)
def updated_badly(w):
    def update(**more):
        w.call("elasticbeanstalk:UpdateEnvironment", EnvironmentName="badly", **more)
        settled(w, "badly")
        w.advance(600)
    another(w, "badly")
    settled(w, "badly")
    version(w, "deploys-not", "Shop; deploys: no")
    update(VersionLabel="deploys-not")
    deploy = told(w, "Failed to deploy application", "badly")
    update(OptionSettings=[option("aws:autoscaling:launchconfiguration", "EC2KeyName", "no-such-key")])
    config, reverted = told(w, "Failed to deploy configuration", "badly"), told(w, "The environment was reverted", "badly")
    restore = cut_off(w)
    update(OptionSettings=[option("aws:autoscaling:asg", "MinSize", "2")])
    restore()
    return {"eb-event-deploy-failed": deploy, "eb-event-config-failed": config, "eb-event-update-reverted": reverted,
            "eb-event-update-with-errors": told(w, "Update environment operation is complete, but", "badly")}


@case("eb-event-swap-ok", instead=GO_ON)
def swapped(w):
    another(w, "green")
    settled(w, "green")
    w.call("elasticbeanstalk:SwapEnvironmentCNAMEs", SourceEnvironmentName=NAME, DestinationEnvironmentName="green")
    w.advance(120)
    return told(w, "Completed swapping CNAMEs for environments")


@case("eb-event-health-red", "eb-event-health-green")
def colours_of_basic(w):
    another(w, "colours", OptionSettings=[BASIC])
    settled(w, "colours")
    w.advance(600)
    restore = cut_off(w)
    w.advance(1800)
    red = told(w, "Environment health has been set to RED", "colours")
    restore()
    w.advance(1800)
    return {"eb-event-health-red": red, "eb-event-health-green": told(w, "Environment health has been set to GREEN", "colours")}


@case("eb-terminate-answer", "eb-terminate-listed", "eb-event-terminate-ok",
      instead={"c7n-eb-tag-test-inactive": "inactive", "us-east-1": "<region>", "awseb-e-p-AWSEBLoa-IQDCP9T34J0M-804037053": "<balancer>"})
def terminated(w):
    another(w, "inactive", CNAMEPrefix="inactive", OptionSettings=[CLASSIC], VersionLabel=environment(w)["VersionLabel"])
    settled(w, "inactive")
    answer = w.call("elasticbeanstalk:TerminateEnvironment", EnvironmentName="inactive")
    listed = environment(w, "inactive")
    settled(w, "inactive")
    return {"eb-terminate-answer": {"members": answer}, "eb-terminate-listed": {"environments": [listed]},
            "eb-event-terminate-ok": told(w, "terminateEnvironment completed", "inactive")}


@case("eb-event-app-deleted")
def application_deleted(w):
    w.call("elasticbeanstalk:CreateApplication", ApplicationName="going")
    w.call("elasticbeanstalk:DeleteApplication", ApplicationName="going", TerminateEnvByForce=True)
    w.advance(120)
    rows = w.call("elasticbeanstalk:DescribeEvents", ApplicationName="going")["Events"]
    return {"event": next((r["Message"] for r in rows if "deleted" in r["Message"]), rows)}
