"""Holds every task of every state machine in CloudFormation templates to AWS's own service models (botocore).

Checked: the service, action and integration pattern exist; parameters are known, complete and of the right type; what is
read of a result is in it; errors named in Retry and Catch can come from the action; the role allows the action.
First it breaks a template in known ways, each of which must be found: a check that finds nothing proves nothing.

python .ci/check-integrations.py TEMPLATE...
"""
import copy
import fnmatch
import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

SESSION = botocore.session.Session()

# Step Functions developer guide, "Optimized integrations": action, and whether it can wait for the end of the job (.sync).
OPTIMIZED = {
    "athena:startQueryExecution": True, "athena:stopQueryExecution": False, "athena:getQueryExecution": False,
    "athena:getQueryResults": False, "events:putEvents": False, "glue:startJobRun": True, "lambda:invoke": False,
    "sns:publish": False, "sqs:sendMessage": False, "states:startExecution": True,
}
# What a task that waits answers: the job as this operation describes it.
WAITED = {"athena:startQueryExecution": "GetQueryExecution", "glue:startJobRun": "GetJobRun", "stepfunctions:startExecution": "DescribeExecution"}
# Names of the SDK for Java, which Step Functions uses, where botocore's differ.
MODEL_NAMES = {"sfn": "stepfunctions", "states": "stepfunctions", "cloudwatchlogs": "logs", "eventbridge": "events"}
# Services whose action in IAM is not `<service>:<Operation>`.
IAM_ACTIONS = {("lambda", "Invoke"): "lambda:InvokeFunction"}
IAM_PREFIXES = {"stepfunctions": "states"}
ERROR_PREFIXES = {
    "athena": "Athena", "events": "EventBridge", "glue": "Glue", "lambda": "Lambda", "s3": "S3", "sns": "Sns", "stepfunctions": "Sfn",
}
# Errors of the integration itself (developer guide, "Call EventBridge", "Handling Lambda service exceptions").
EXTRA_ERRORS = {
    "events": {"EventBridge.FailedEntry"},
    "lambda": {"Lambda.AWSLambdaException", "Lambda.ClientExecutionTimeoutException", "Lambda.Unknown"},
}
RESOURCE = re.compile(r"^arn:[^:]+:states:::(aws-sdk:)?(\w+):(\w+)(?:\.(\w+(?::2)?))?$")


def text(value):
    """A value of a template as text; what is known at deployment only stands as a placeholder."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(text(part) for part in parts)
    return "aws" if value.get("Ref") == "AWS::Partition" else "TOKEN"


def states_of(flow, path=""):
    for name, state in flow["States"].items():
        yield path + name, state
        nested = state.get("Branches", []) + [state[key] for key in ("ItemProcessor",) if key in state]
        for inner in nested:
            yield from states_of(inner, f"{path}{name}/")


def allowed_actions(template, role):
    """Actions, in lower case, that the template's policies allow a role."""
    actions = []
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") and {"Ref": role} in properties.get("Roles", []):
            for statement in properties["PolicyDocument"]["Statement"]:
                listed = statement["Action"]
                actions += [listed] if isinstance(listed, str) else listed
    return [action.lower() for action in actions]


def sample(shape):
    """A value that the shape takes, in place of an expression."""
    kind = shape.type_name
    if kind == "string":
        return (shape.enum or ["x" * max(3, shape.metadata.get("min", 3))])[0]
    if kind == "structure":
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [sample(shape.member)] * shape.metadata.get("min", 0)
    return {"map": {}, "boolean": True, "blob": b"x", "timestamp": "2026-01-01T00:00:00Z"}.get(kind, shape.metadata.get("min", 1))


def concrete(value, shape, problem, path=""):
    """Arguments with samples for expressions, as the model takes them."""
    if isinstance(value, str) and value.startswith("{%"):
        return sample(shape)
    if shape.type_name == "blob" or (shape.type_name == "string" and isinstance(value, dict)):
        return sample(shape)  # Step Functions writes JSON into it
    if isinstance(value, dict) and shape.type_name == "structure":
        for name in value:
            if name not in shape.members:
                problem(f"unknown parameter {path}{name} (takes {', '.join(list(shape.members)[:8])} ...)")
        return {name: concrete(item, shape.members[name], problem, f"{path}{name}.") for name, item in value.items() if name in shape.members}
    if isinstance(value, list) and shape.type_name == "list":
        return [concrete(item, shape.member, problem, path) for item in value]
    return value


def missing_in(shape, path):
    """The first part of a path that the output does not have. Step Functions answers members in Pascal case."""
    for part in path.split("."):
        if shape is None or shape.type_name != "structure":
            return None
        name = next((member for member in shape.members if member[0].upper() + member[1:] == part), None)
        if name is None:
            return part
        shape = shape.members[name]
    return None


def error_names(service, operation):
    prefix = ERROR_PREFIXES.get(service, service.capitalize())
    modelled = {shape.name if shape.name.endswith("Exception") else f"{shape.name}Exception" for shape in operation.error_shapes}
    general = {f"{prefix}.{prefix}Exception", f"{prefix}.SdkClientException"}
    return {f"{prefix}.{name}" for name in modelled} | general | EXTRA_ERRORS.get(service, set())


def check_errors(state, service, known, problem):
    for handler in state.get("Retry", []) + state.get("Catch", []):
        for name in handler["ErrorEquals"]:
            # A function's own errors have no prefix, or one of Lambda's runtime.
            own = service == "lambda" and ("." not in name or name.startswith(("Runtime.", "Sandbox.")))
            if not name.startswith("States.") and not own and name not in known:
                problem(f"error {name} cannot come from it (can: {', '.join(sorted(known))})")


def check_task(state, allowed, problem):
    found = RESOURCE.match(state["Resource"])
    if not found:
        return problem(f"unreadable Resource {state['Resource']}")
    sdk, service, action, pattern = found.groups()
    if not sdk and f"{service}:{action}" not in OPTIMIZED:
        return problem(f"no optimized integration {service}:{action}")
    if pattern and (sdk or not OPTIMIZED[f"{service}:{action}"]):
        return problem(f"{service}:{action} cannot wait: .{pattern}")
    service = MODEL_NAMES.get(service, service)
    if service not in SESSION.get_available_services():
        return problem(f"unknown service {service}")
    model = SESSION.get_service_model(service)
    name = action[0].upper() + action[1:]
    if not action[0].islower() or name not in model.operation_names:
        return problem(f"unknown action {service}:{action}")
    operation = model.operation_model(name)
    arguments = state.get("Arguments", {})
    if service == "stepfunctions":
        arguments = {key[0].lower() + key[1:]: value for key, value in arguments.items()}
    report = ParamValidator().validate(concrete(arguments, operation.input_shape, problem), operation.input_shape)
    if report.has_errors():
        problem(report.generate_report().replace("\n", " | "))
    output = model.operation_model(WAITED[f"{service}:{action}"]).output_shape if pattern else operation.output_shape
    if service != "lambda":  # its payload is the function's
        for path in set(re.findall(r"\$states\.result\.([\w.]+)", json.dumps([state.get("Assign"), state.get("Output")]))):
            if missing := missing_in(output, path):
                problem(f"its result has no {missing} (read as {path})")
    check_errors(state, service, error_names(service, operation), problem)
    needed = IAM_ACTIONS.get((service, name), f"{IAM_PREFIXES.get(service, service)}:{name}").lower()
    if not any(fnmatch.fnmatch(needed, action) for action in allowed):
        problem(f"the role does not allow {needed}")


def machines_of(template):
    for identity, resource in template["Resources"].items():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            yield identity, resource["Properties"]


def check(template):
    """The integrations of its tasks, and what is wrong with them."""
    integrations, problems = [], []
    for identity, properties in machines_of(template):
        allowed = allowed_actions(template, properties["RoleArn"]["Fn::GetAtt"][0])
        for name, state in states_of(json.loads(text(properties["DefinitionString"]))):
            if state["Type"] == "Task":
                integrations.append(state["Resource"].split(":::")[-1])
                check_task(state, allowed, lambda what, at=f"{identity}/{name}": problems.append(f"{at}: {what}"))
    return integrations, problems


def replaced(old, new):
    def damage(template):
        found = False
        for _, properties in machines_of(template):
            whole = json.dumps(properties["DefinitionString"])
            found = found or old in whole
            properties["DefinitionString"] = json.loads(whole.replace(old, new))
        return found
    return damage


def without_action(action):
    def damage(template):
        found = False
        for resource in template["Resources"].values():
            for statement in resource.get("Properties", {}).get("PolicyDocument", {}).get("Statement", []):
                if statement["Action"] == action:
                    statement["Action"] = "none:None"
                    found = True
        return found
    return damage


CONTROLS = {
    "unknown action glue:startCrawlers": replaced("glue:startCrawler", "glue:startCrawlers"),
    "unknown parameter CrawlerName": replaced('{\\"Name\\":\\"{% $plan.catalogue.crawlerName', '{\\"CrawlerName\\":\\"{% $plan.catalogue.crawlerName'),
    "error glue.CrawlerRunningException cannot come": replaced("Glue.CrawlerRunningException", "glue.CrawlerRunningException"),
    "its result has no Craler": replaced("$states.result.Crawler.State", "$states.result.Craler.State"),
    "cannot wait: .sync": replaced("sns:publish", "sns:publish.sync"),
    "the role does not allow sns:publish": without_action("sns:Publish"),
}


def main(paths):
    templates = {path: json.load(open(path, encoding="utf-8")) for path in paths}
    for expected, damage in CONTROLS.items():
        # Not every template has a crawler.
        broken = next((one for one in map(copy.deepcopy, templates.values()) if damage(one)), None)
        if broken is None:
            sys.exit(f"no template has what the control \"{expected}\" damages")
        if not any(expected in problem for problem in check(broken)[1]):
            sys.exit(f"the check is blind: it did not find \"{expected}\" in a template broken that way")
    integrations, problems = [], []
    for path, template in templates.items():
        used, found = check(template)
        integrations += used
        problems += [f"{path}: {problem}" for problem in found]
    print("\n".join(problems + [f"{len(integrations)} integrations ({len(set(integrations))} different ones) in {len(paths)} templates checked, "
                                f"{len(problems)} problems; {len(CONTROLS)} controls found"]))
    sys.exit(bool(problems) or not integrations)


main(sys.argv[1:])
