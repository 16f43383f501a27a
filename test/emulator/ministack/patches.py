"""Where ministack's Step Functions answers otherwise than AWS documents. Each patch is held to it by cases of the battery."""
import contextvars
import json

from ministack.services import stepfunctions as sfn

LIMIT = 256 * 1024
TERMINAL = ("States.DataLimitExceeded", "States.Runtime")


def jsonata(state, context):
    return sfn._state_query_language(state, context) == "JSONata"


def succeed_output(original):
    """A Succeed state shapes its output."""
    def output_path(state, data, context=None):
        if state.get("Type") == "Succeed" and jsonata(state, context):
            return sfn._apply_jsonata_output(state, data, context, default=data)
        return original(state, data, context)
    return output_path


def boolean_condition(_original):
    """A condition that is no boolean is an error, not a truth."""
    def evaluate(rule, data, context):
        return sfn._jsonata_state_field(rule, "Condition", "boolean", data, context)
    return evaluate


def assign_at_once(original):
    """No value of an Assign sees another one, and all together have a limit."""
    def assign(state, data, context, result=None, error_output=None):
        assigned = {}
        for name, template in (state.get("Assign") or {}).items():
            alone = {**context, "variables": dict(context["variables"])}
            original({**state, "Assign": {name: template}}, data, alone, result, error_output)
            assigned[name] = alone["variables"][name]
        context["variables"].update(limited(assigned, "Assign"))
    return assign


def terminal_errors(original):
    """No wildcard takes States.Runtime or States.DataLimitExceeded, and nothing at all the former."""
    def matches(names, error):
        return error != "States.Runtime" and original([name for name in names if error not in TERMINAL or name == error], error)
    return matches


def limited(value, what):
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > LIMIT:
        raise sfn._ExecutionError("States.DataLimitExceeded", f"the {what} is larger than {LIMIT} bytes")
    return value


def limited_output(original):
    """What a state gives has a limit."""
    def output(*args, **kwargs):
        return limited(original(*args, **kwargs), "output")
    return output


def computed_timeout(original):
    """TimeoutSeconds may be an expression."""
    def execute(state, data, execution, context):
        if isinstance(state.get("TimeoutSeconds"), str) and jsonata(state, context):
            state = {**state, "TimeoutSeconds": sfn._jsonata_state_field(state, "TimeoutSeconds", "number", data, context)}
        return original(state, data, execution, context)
    return execute


def limited_result(original):
    """What a task answers has a limit."""
    def invoke(resource, arguments):
        return limited(original(resource, arguments), "result")
    return invoke


FAILED = contextvars.ContextVar("failed")


def one_failure_is_all(original):
    """The first item of a map that fails fails the map: no further one is begun."""
    def run(state, data, execution, context):
        token = FAILED.set([])
        try:
            return original(state, data, execution, context)
        finally:
            FAILED.reset(token)
    return run


def begun_unless_failed(original):
    def run(states, start, data, execution, context):
        failed = FAILED.get(None) if "mapRunArn" not in execution else None
        if failed:
            raise failed[0]
        try:
            return original(states, start, data, execution, context)
        except sfn._ExecutionError as error:
            if failed is not None:
                failed.append(error)
            raise
    return run


LIMITS = contextvars.ContextVar("limits")


def limits_known(original):
    def run(state, data, effective, iterator, execution, context):
        # Without any limit, no failure is tolerated.
        LIMITS.set({key: state[key] for key in ("ToleratedFailureCount", "ToleratedFailurePercentage") if key in state} or {"ToleratedFailureCount": 0})
        return original(state, data, effective, iterator, execution, context)
    return run


def begun_below_limits(original):
    """A distributed map that has failed too often begins no further item. AWS may begin some: here the order of things is one."""
    def run(states, start, data, execution, context):
        if "mapRunArn" in execution:
            counts = sfn._map_runs[execution["mapRunArn"]]["executionCounts"]
            reached = {"ToleratedFailureCount": counts["failed"], "ToleratedFailurePercentage": counts["failed"] * 100 / counts["total"]}
            if any(reached[key] > limit for key, limit in LIMITS.get().items()):
                raise sfn._ExecutionError("States.Aborted", "the map has failed already")
        return original(states, start, data, execution, context)
    return run


# Fields of a distributed map that may be expressions.
COMPUTED = ("MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage")


def distributed_jsonata(original):
    """A distributed map takes Items, ItemSelector, limits, Output and Assign in JSONata; what failed and is tolerated gives no result."""
    def run(state, data, effective, iterator, execution, context):
        if not jsonata(state, context) or "ItemReader" in state:
            return original(state, data, effective, iterator, execution, context)
        items = sfn._jsonata_state_field(state, "Items", "array", data, context) if "Items" in state else data
        if "ItemSelector" in state:
            items = [sfn._apply_jsonata_template(state["ItemSelector"], data, {**context, "Map": {"Item": {"Index": index, "Value": item}}})
                     for index, item in enumerate(items)]
        plain = {key: value for key, value in state.items() if key not in ("Items", "ItemSelector", "Output", "Assign")}
        plain |= {key: sfn._jsonata_state_field(state, key, "number", data, context) for key in COMPUTED if key in state}
        known = set(sfn._map_runs)
        results, following = original({**plain, "ItemsPath": "$.items"}, data, {"items": items}, iterator, execution, context)
        failed = sum(run["executionCounts"]["failed"] for arn, run in sfn._map_runs.items() if arn not in known)
        done = [result for result in results if result is not None]
        if len(results) - len(done) != failed:
            raise sfn._ExecutionError("States.Runtime", "the patch cannot tell an item without an output from one that failed")
        output = sfn._apply_jsonata_output(state, data, context, result=done, default=done)
        sfn._apply_state_assign(state, data, context, result=done)
        return output, following
    return run


def child_of_its_own(original):
    """An item of a distributed map is an execution of its own: it sees no variable of the one around it."""
    def run(states, start, data, execution, context):
        if "mapRunArn" in execution:
            context.pop("Map", None)
            context["variables"] = {}
            context["Execution"] = {
                "Id": execution["executionArn"], "Name": execution["name"], "StartTime": execution["startDate"], "Input": data,
            }
        return original(states, start, data, execution, context)
    return run


PATCHES = {
    "succeed-output": [("_apply_output_path", succeed_output)],
    "boolean-condition": [("_evaluate_jsonata_choice_rule", boolean_condition)],
    "assign-at-once": [("_apply_state_assign", assign_at_once)],
    "terminal-errors": [("_error_matches", terminal_errors)],
    "limited-output": [("_apply_jsonata_output", limited_output)],
    "limited-result": [("_invoke_resource", limited_result)],
    "computed-timeout": [("_execute_task", computed_timeout)],
    "one-failure-is-all": [("_run_map_items", one_failure_is_all), ("_run_sub_machine", begun_unless_failed)],
    # Before the next one, which turns limits into numbers.
    "too-many-failures-are-the-end": [("_run_distributed_map", limits_known), ("_run_sub_machine", begun_below_limits)],
    "distributed-jsonata": [("_run_distributed_map", distributed_jsonata), ("_run_sub_machine", child_of_its_own)],
}


def apply(without):
    unknown = set(without) - set(PATCHES)
    if unknown:
        raise SystemExit(f"no such patch: {', '.join(sorted(unknown))}; there are {', '.join(PATCHES)}")
    for name, parts in PATCHES.items():
        if name not in without:
            for target, patch in parts:
                # Fails for a target that ministack does not have.
                setattr(sfn, target, patch(getattr(sfn, target)))
            print(f"patched: {name}", flush=True)
