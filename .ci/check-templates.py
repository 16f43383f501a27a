#!/usr/bin/env python3
"""Templates against tools that are not ours: cfn-lint (errors and warnings), checkov, parliament.

    check-templates.py FOLDER    FOLDER/<partition>/*.template.json, as test/support/programs/write-templates.ts writes them

Each tool first has to find what is wrong with a template that is broken on purpose. A finding that is explained below
passes; an explanation that explains nothing fails, and so does a run that checked nothing.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

REGIONS = {"aws": "eu-west-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
OWN = Path(sys.executable).parent
CHECKOV = OWN.parent / "checkov" / "bin"

# check, template and logical id, why it may stand.
CHECKOV_EXPLAINED = [
    ("CKV_AWS_18", r"AccessLogsBucket", "the bucket of the access logs: its own log would log itself"),
    ("CKV_AWS_115", r"Function", "a lease runs a source once at a time; reserved concurrency takes from the account's"),
    ("CKV_AWS_116", r"Function", "the workflow waits for the answer and takes the errors"),
    ("CKV_AWS_117", r"Function", "whether a VPC surrounds the functions is the user's decision"),
    ("CKV_AWS_35", r"AuditTrail", "who may use the lake's key must not be able to make its audit unreadable: the files have the keys of S3"),
    ("CKV_AWS_67", r"AuditTrail", "a bucket's data events are told in its own region"),
    ("CKV_AWS_111", r"in-a-VPC.* Code\w*(Extractor|Catalog|Lineage)Policy", "Lambda's network interfaces have no names yet; the functions' own code is denied them"),
    ("CKV_AWS_158", r"keys-of-the-services", "without a key, CloudWatch Logs encrypts with its own"),
    ("CKV_AWS_173", r"keys-of-the-services", "without a key, Lambda encrypts the environment with its own"),
    ("CKV_AWS_27", r"keys-of-the-services", "SQS encrypts with its own keys, which the check takes for none"),
    ("CKV_AWS_26", r"keys-of-the-services", "CloudWatch's alarms cannot publish to a topic with the key that AWS manages for SNS"),
    ("CKV_AWS_195", r"keys-of-the-services", "without a key there is nothing to say in a security configuration"),
    ("CKV_AWS_149", r" (Client|Salt|Marquez)", "secrets of the test's own"),
]
# issue, where, why. Resources are resolved with fixed values first.
PARLIAMENT_EXPLAINED = [
    ("RESOURCE_MISMATCH", r"^\w+Policy\w+ .*states:DescribeExecution.*:express:", "no express workflow runs here: the executions of a standard one are named"),
    ("RESOURCE_MISMATCH", r"^\w+Policy\w+ .*states:ListExecutions.*:mapRun:", "the windows of a backfill are counted by their map run; listed are the executions of the state machine, which is named"),
    ("RESOURCE_STAR", r"ec2:CreateNetworkInterface", "what Lambda's own managed policy allows it, for interfaces that have no names yet"),
    ("UNKNOWN_CONDITION_FOR_ACTION", r"lambda:SourceFunctionArn for action ec2:", "Lambda sets it on every call that a function's own code makes"),
]

BROKEN = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Nonsense": 1}},
        "Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:NoSuchAction", "Resource": "*"}]}},
        },
    }
}

failures = []


def fail(message):
    failures.append(message)
    print(f"  FAILED {message}")


def cfn_lint(templates, region):
    done = subprocess.run([OWN / "cfn-lint", "--format", "json", "--regions", region, "--", *templates], capture_output=True, text=True)
    return json.loads(done.stdout or "[]")


def checkov(folder):
    command = [CHECKOV / "checkov", "-d", folder, "--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LOG_LEVEL": "ERROR"})
    report = json.loads(done.stdout)
    return report if isinstance(report, dict) else report[0]


def resolved(value):
    """Intrinsics as fixed text: parliament reads policies, not templates."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        return value["Fn::Join"][0].join(resolved(value["Fn::Join"][1]))
    if "Fn::GetAtt" in value:
        name, attribute = value["Fn::GetAtt"]
        return ARNS[TYPES.get(name, "")].format(name.lower()) if attribute == "Arn" else name.lower()
    if "Ref" in value:
        pseudo = {"AWS::StackId": f"arn:aws:cloudformation:{AT}:stack/test/1", "AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "111111111111", "AWS::URLSuffix": "amazonaws.com"}
        name = value["Ref"]
        return pseudo.get(name) or (ARNS[TYPES[name]].format(name.lower()) if TYPES.get(name) in REF_IS_ARN else name.lower())
    return {key: resolved(item) for key, item in value.items()}


AT = "eu-west-1:111111111111"
ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::KMS::Key": f"arn:aws:kms:{AT}:key/12345678-1234-1234-1234-123456789012",
    "AWS::Lambda::Function": f"arn:aws:lambda:{AT}:function:{{}}",
    "AWS::IAM::Role": "arn:aws:iam::111111111111:role/{}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{AT}:log-group:{{}}:*",
    "AWS::SQS::Queue": f"arn:aws:sqs:{AT}:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{AT}:{{}}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{AT}:secret:{{}}-AbCdEf",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{AT}:stateMachine:{{}}",
}
REF_IS_ARN = {"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine"}
TYPES = {}


def policies(template):
    global TYPES
    TYPES = {name: resource["Type"] for name, resource in template["Resources"].items()}
    for name, resource in template["Resources"].items():
        if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            yield name, resolved(resource["Properties"]["PolicyDocument"])


def parliament(templates):
    """Findings of every policy of some templates. Partitions and pipelines have policies in common: each is read once."""
    documents = {json.dumps(document): f"{path} {name}" for path, template in templates for name, document in policies(template)}
    program = (
        "import json, sys\nfrom parliament import analyze_policy_string\n"
        "print(json.dumps([[where, f.issue, str(f.detail)] for document, where in json.load(sys.stdin).items()"
        " for f in analyze_policy_string(document).findings]))"
    )
    done = subprocess.run([CHECKOV / "python", "-W", "ignore", "-c", program], input=json.dumps(documents), capture_output=True, text=True, check=True)
    return len(documents), json.loads(done.stdout)


def explained(rows, used, check, where):
    for i, (name, pattern, _) in enumerate(rows):
        if name == check and re.search(pattern, where):
            used[i] += 1
            return True
    return False


def finding(match):
    """One of cfn-lint's, in a line."""
    where = "/".join(map(str, match["Location"].get("Path") or []))
    return f"cfn-lint {match['Rule']['Id']} {Path(match['Filename']).stem} {where}: {match['Message']}"


def control():
    """The tools find what is broken, otherwise their silence says nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broken.template.json"
        path.write_text(json.dumps(BROKEN))
        if not any(finding(match).startswith("cfn-lint E3002 broken.template Resources/") for match in cfn_lint([path], "eu-west-1")):
            fail("cfn-lint accepts a property that no bucket has: it checks nothing")
        if not checkov(folder)["results"]["failed_checks"]:
            fail("checkov accepts a bucket with nothing set: it checks nothing")
        if not any(issue == "UNKNOWN_ACTION" for _, issue, _ in parliament([("broken", BROKEN)])[1]):
            fail("parliament accepts an action that S3 does not have: it checks nothing")


def main(folder):
    control()
    checkov_used, parliament_used = Counter(), Counter()
    templates = checks = 0
    read = []
    for partition, region in REGIONS.items():
        paths = sorted(Path(folder, partition).glob("*.template.json"))
        templates += len(paths)
        for match in cfn_lint(paths, region):
            fail(finding(match))
        report = checkov(Path(folder, partition))
        checks += report["summary"]["passed"] + report["summary"]["failed"]
        for failed in report["results"]["failed_checks"]:
            where = failed["resource"].split(".", 1)[1]
            if not explained(CHECKOV_EXPLAINED, checkov_used, failed["check_id"], f"{failed['file_path']} {where}"):
                fail(f"checkov {failed['check_id']} {failed['file_path']} {where}: {failed['check_name']}")
        read += [(path.stem, json.loads(path.read_text())) for path in paths]
    documents, findings = parliament(read)
    for where, issue, detail in findings:
        if not explained(PARLIAMENT_EXPLAINED, parliament_used, issue, f"{where.split()[1]} {detail}"):
            fail(f"parliament {issue} {where}: {detail}")
    for tool, rows, used in (("checkov", CHECKOV_EXPLAINED, checkov_used), ("parliament", PARLIAMENT_EXPLAINED, parliament_used)):
        for i, (name, pattern, _) in enumerate(rows):
            if not used[i]:
                fail(f"{tool}: {name} at {pattern} is explained and never found: take the explanation out")
    if not (templates and checks and documents):
        fail("nothing was checked")
    print(f"{templates} templates in {len(REGIONS)} partitions: cfn-lint, {checks} checks of checkov, {documents} different policies by parliament; "
          f"{sum(checkov_used.values()) + sum(parliament_used.values())} findings explained, {len(failures)} not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
