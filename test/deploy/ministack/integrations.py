"""A task of a state machine is a call that its role signs: what IAM refuses fails, and so does a parameter that the service does not have."""
import contextvars
import json
import re
import threading
import time

import botocore.exceptions
from ministack.services import stepfunctions as sfn

from calls import client
from replace import wrap

ROLE = contextvars.ContextVar("role", default=None)
# Names of Step Functions for services, and those of boto3.
SERVICES = {"sfn": "stepfunctions", "cloudwatchlogs": "logs", "eventbridge": "events"}
PREFIXES = {**sfn._AWS_SDK_ERROR_PREFIX}
# Parameters that take text, and where Step Functions takes an object and writes it as text.
TEXTS = {("s3", "putObject"): ("Body",), ("sns", "publish"): ("Message",)}


def failed(name, cause):
    return sfn._ExecutionError(name, cause)


def method_of(api, action):
    return next(name for name, operation in api.meta.method_to_api_mapping.items() if operation.lower() == action.lower())


def to_api(value, shape):
    """Step Functions writes names with a capital letter, whatever the API does."""
    if isinstance(value, dict) and getattr(shape, "type_name", "") == "structure":
        known = {name.lower(): name for name in shape.members}
        return {known.get(name.lower(), name): to_api(one, shape.members.get(known.get(name.lower(), name))) for name, one in value.items()}
    if isinstance(value, list) and getattr(shape, "type_name", "") == "list":
        return [to_api(one, shape.member) for one in value]
    return value


def from_api(value, shape):
    kind = getattr(shape, "type_name", "")
    if isinstance(value, dict):
        members = shape.members if kind == "structure" else {}
        named = (lambda name: name[0].upper() + name[1:]) if kind == "structure" else (lambda name: name)
        return {named(name): from_api(one, members.get(name) if kind == "structure" else getattr(shape, "value", None)) for name, one in value.items()}
    if isinstance(value, list):
        return [from_api(one, getattr(shape, "member", None)) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.read().decode() if hasattr(value, "read") else value


def call(service, action, arguments):
    api = client(SERVICES.get(service, service), ROLE.get(), "StepFunctions")
    method = method_of(api, action)
    operation = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[method])
    arguments = {name: json.dumps(value) if name in TEXTS.get((service, action), ()) and not isinstance(value, str) else value
                 for name, value in arguments.items()}
    try:
        answer = getattr(api, method)(**to_api(arguments, operation.input_shape))
    except botocore.exceptions.ParamValidationError as error:
        raise failed("States.Runtime", str(error)) from None
    except botocore.exceptions.ClientError as error:
        raise failed(error_name(service, api, error.response["Error"]["Code"]), str(error)) from None
    answer.pop("ResponseMetadata", None)
    return from_api(answer, operation.output_shape)


def error_name(service, api, code):
    """Errors that the API's model knows have their own names; all others have the service's."""
    prefix = PREFIXES.get(service, service.capitalize())
    modelled = {shape.metadata.get("error", {}).get("code", shape.name): shape.name for shape in api.meta.service_model.error_shapes}
    modelled |= {shape.name: shape.name for shape in api.meta.service_model.error_shapes}
    name = modelled.get(code, prefix)
    return f"{prefix}.{name if name.endswith('Exception') else name + 'Exception'}"


def invoke_function(arguments):
    api = client("lambda", ROLE.get(), "StepFunctions")
    try:
        answer = api.invoke(FunctionName=arguments["FunctionName"], Payload=json.dumps(arguments.get("Payload", {})))
    except botocore.exceptions.ClientError as error:
        raise failed(f"Lambda.{error.response['Error']['Code']}", str(error)) from None
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise failed(payload.get("errorType", "Lambda.Unknown"), json.dumps(payload))
    return {"ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"), "StatusCode": answer["StatusCode"], "Payload": payload}


def put_events(arguments):
    entries = [{**entry, "Detail": entry["Detail"] if isinstance(entry["Detail"], str) else json.dumps(entry["Detail"])} for entry in arguments["Entries"]]
    return call("eventbridge", "putEvents", {"Entries": entries})


def run_query(arguments):
    started = call("athena", "startQueryExecution", arguments)
    while True:
        execution = call("athena", "getQueryExecution", {"QueryExecutionId": started["QueryExecutionId"]})
        state = execution["QueryExecution"]["Status"]["State"]
        if state == "SUCCEEDED":
            return execution
        if state in ("FAILED", "CANCELLED"):
            raise failed("States.TaskFailed", json.dumps(execution["QueryExecution"]))
        time.sleep(0.1)


OPTIMIZED = {
    "lambda:invoke": invoke_function,
    "events:putEvents": put_events,
    "athena:startQueryExecution.sync": run_query,
    "sns:publish": lambda arguments: call("sns", "publish", arguments),
    "states:startExecution": lambda arguments: call("sfn", "startExecution", arguments),
}


def signed_tasks():
    def with_role(original):
        def execute(state, data, execution, context):
            machine = sfn._state_machines.get(execution["stateMachineArn"]) or {}
            token = ROLE.set(machine.get("roleArn"))
            try:
                return original(state, data, execution, context)
            finally:
                ROLE.reset(token)
        return execute

    def signed(_original):
        def invoke(resource, arguments):
            integration = resource.split(":states:::", 1)[1]
            sdk = re.fullmatch(r"aws-sdk:([a-z0-9]+):(\w+)", integration)
            if sdk:
                return call(sdk[1], sdk[2], arguments)
            if integration not in OPTIMIZED:
                raise failed("States.Runtime", f"the emulator has no integration {integration}")
            return OPTIMIZED[integration](arguments)
        return invoke

    wrap(sfn, "_execute_task", with_role)
    wrap(sfn, "_invoke_resource", signed)


ASSIGNED = threading.local()


def assigned_variables():
    """The history tells what a state assigned."""
    def assigning(original):
        def assign(state, data, context, result=None, error_output=None):
            original(state, data, context, result, error_output)
            known = context["variables"]
            ASSIGNED.values = {**getattr(ASSIGNED, "values", {}), **{name: json.dumps(known[name]) for name in state.get("Assign") or {}}}
        return assign

    def telling(original):
        def add(execution, kind, details=None):
            event = original(execution, kind, details)
            if kind.endswith("StateExited"):
                event["stateExitedEventDetails"]["assignedVariables"] = getattr(ASSIGNED, "values", {})
                ASSIGNED.values = {}
            return event
        return add
    wrap(sfn, "_apply_state_assign", assigning)
    wrap(sfn, "_add_event", telling)


PATCHES = {"signed-tasks": signed_tasks, "assigned-variables": assigned_variables}
