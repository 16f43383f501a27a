"""CloudFormation types that ministack lacks. Their rules are AWS's documentation's, not AWS."""
import json
import re

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import athena, glue
from ministack.services.cloudformation import provisioners

RULESETS = AccountRegionScopedDict()


def register(resource_type, create, delete, update=None):
    if resource_type in provisioners._RESOURCE_HANDLERS:
        raise SystemExit(f"ministack has {resource_type} by now: it needs no type of ours")
    provisioners._RESOURCE_HANDLERS[resource_type] = {
        "create": create, "delete": delete,
        # Without one of its own, what changes is made anew, as CloudFormation does with what it cannot update.
        "update": update or (lambda physical_id, old, new, stack, logical_id=None: replace(create, delete, physical_id, old, new, stack, logical_id)),
        "update_with_logical_id": True,
    }


def replace(create, delete, physical_id, old, new, stack, logical_id):
    if old == new:
        return physical_id, {}
    delete(physical_id, old)
    return create(logical_id, new, stack)


def named(properties, stack, logical_id):
    return properties.get("Name") or provisioners._physical_name(stack, logical_id, max_len=255)


def called(function, data, resource_type):
    return provisioners._glue_call(function, data, resource_type, "create")


def named_query():
    kind = "AWS::Athena::NamedQuery"

    def create(logical_id, properties, stack):
        workgroup = properties.get("WorkGroup", "primary")
        if workgroup not in athena._workgroups:
            raise ValueError(f"WorkGroup {workgroup} is not found.")
        created = called(athena._create_named_query, properties, kind)["NamedQueryId"]
        return created, {"NamedQueryId": created}
    register(kind, create, lambda physical_id, properties: athena._delete_named_query({"NamedQueryId": physical_id}))


def security_configuration():
    kind = "AWS::Glue::SecurityConfiguration"

    def create(logical_id, properties, stack):
        name = named(properties, stack, logical_id)
        called(glue._create_security_configuration, {"Name": name, "EncryptionConfiguration": properties["EncryptionConfiguration"]}, kind)
        return name, {}
    register(kind, create, lambda physical_id, properties: glue._delete_security_configuration({"Name": physical_id}))


def data_quality_ruleset():
    def create(logical_id, properties, stack):
        if not re.fullmatch(r"\s*Rules\s*=\s*\[.*\]\s*", properties["Ruleset"], re.DOTALL):
            raise ValueError(f"InvalidInputException: no ruleset: {properties['Ruleset']}")
        target = properties.get("TargetTable")
        if target and f"{target['DatabaseName']}/{target['TableName']}" not in glue._tables:
            raise ValueError(f"EntityNotFoundException: {json.dumps(target)}")
        name = named(properties, stack, logical_id)
        RULESETS[name] = properties
        return name, {"Name": name}
    register("AWS::Glue::DataQualityRuleset", create, lambda physical_id, properties: RULESETS.pop(physical_id, None))


PATCHES = {"named-query-type": named_query, "security-configuration-type": security_configuration, "data-quality-ruleset-type": data_quality_ruleset}
