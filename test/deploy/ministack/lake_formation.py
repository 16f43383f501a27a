"""Lake Formation's registers: settings, locations, permissions. Who may change them is checked; whether data is handed out is not."""
import json
import re

from ministack import app
from ministack.core import iam_actions
from ministack.core.iam_evaluator import caller_arn
from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import glue

from calls import must_be_allowed
from replace import wrap
from resource_types import register

SETTINGS, LOCATIONS, PERMISSIONS, FILTERS = (AccountRegionScopedDict() for _ in range(4))

EVERYONE = "IAM_ALLOWED_PRINCIPALS"
OF_TABLES = {"ALL", "SELECT", "ALTER", "DROP", "DELETE", "INSERT", "DESCRIBE"}
# What can be granted on which kind of resource: the table "Lake Formation permissions reference".
GRANTABLE = {
    "Catalog": {"ALL", "CREATE_DATABASE", "CREATE_LF_TAG", "CREATE_LF_TAG_EXPRESSION", "DESCRIBE", "ALTER", "DROP"},
    "Database": {"ALL", "CREATE_TABLE", "ALTER", "DROP", "DESCRIBE"},
    "Table": OF_TABLES,
    "TableWithColumns": {"SELECT"},
    "DataCellsFilter": {"SELECT"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def role_of(arn):
    session = re.match(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/", arn)
    return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session else arn


def administrators():
    return [admin["DataLakePrincipalIdentifier"] for admin in SETTINGS.get("settings", {}).get("Admins", [])]


def key(principal, resource):
    known = {kind: {name: value for name, value in one.items() if name != "CatalogId"} for kind, one in resource.items()}
    return json.dumps([principal, known], sort_keys=True)


def check(resource, permissions):
    (kind, of), = resource.items()
    wrong = [one for one in permissions if one not in GRANTABLE.get(kind, set())]
    if wrong:
        raise Refused("InvalidInputException", f"Permissions modification is invalid: {wrong} on {kind}")
    if kind == "Database" and of["Name"] not in glue._databases:
        raise Refused("EntityNotFoundException", f"Database not found: {of['Name']}")
    if kind in ("Table", "TableWithColumns"):
        if of["DatabaseName"] not in glue._databases:
            raise Refused("EntityNotFoundException", f"Database not found: {of['DatabaseName']}")
        if of.get("Name") and f"{of['DatabaseName']}/{of['Name']}" not in glue._tables:
            raise Refused("EntityNotFoundException", f"Table not found: {of['Name']}")
    if kind == "DataCellsFilter" and (of["DatabaseName"], of["TableName"], of["Name"]) not in FILTERS:
        raise Refused("EntityNotFoundException", f"Data cells filter not found: {of['Name']}")
    if kind == "DataLocation" and of["ResourceArn"] not in LOCATIONS:
        raise Refused("EntityNotFoundException", f"Resource does not exist: {of['ResourceArn']}")


def grant(principal, resource, permissions, grantable):
    check(resource, permissions)
    if not set(grantable) <= set(permissions):
        raise Refused("InvalidInputException", "Grantable permissions are not a subset of the permissions")
    held = PERMISSIONS.get(key(principal, resource), {"permissions": [], "grantable": []})
    if set(permissions) <= set(held["permissions"]):
        raise Refused("AlreadyExistsException", "Permissions have been already granted to the principal")
    PERMISSIONS[key(principal, resource)] = {
        "permissions": sorted({*held["permissions"], *permissions}), "grantable": sorted({*held["grantable"], *grantable}),
    }


def revoke(principal, resource, permissions):
    check(resource, permissions)
    held = PERMISSIONS.get(key(principal, resource))
    if held is None:
        raise Refused("InvalidInputException", "No permissions revoked. Grantee does not have the permissions")
    left = [one for one in held["permissions"] if one not in permissions and "ALL" not in permissions]
    if left:
        PERMISSIONS[key(principal, resource)] = {**held, "permissions": left}
    else:
        del PERMISSIONS[key(principal, resource)]


def must_own(resource):
    """An administrator, or who may grant all of it on."""
    who = role_of(caller_arn())
    owned = [PERMISSIONS.get(key(who, one), {}).get("grantable", []) for one in with_wildcard(resource)]
    if who not in administrators() and not any("ALL" in grantable for grantable in owned):
        raise Refused("AccessDeniedException", f"Insufficient Lake Formation permission(s): {who} may not grant or revoke on {json.dumps(resource)}")


def own(principal, resource):
    PERMISSIONS[key(principal, resource)] = {"permissions": ["ALL"], "grantable": ["ALL"]}


def with_wildcard(resource):
    """A table, and all tables of its database."""
    table = resource.get("Table")
    return [resource, {"Table": {"DatabaseName": table["DatabaseName"], "TableWildcard": {}}}] if table else [resource]


def must_hold(principal, resource, permission):
    held = [PERMISSIONS.get(key(one, of), {}).get("permissions", []) for one in (principal, EVERYONE) for of in with_wildcard(resource)]
    if not any(permission in permissions or "ALL" in permissions for permissions in held):
        raise PermissionError(f"Insufficient Lake Formation permission(s): {principal} has no {permission} on {json.dumps(resource)}")


def location_of(bucket, prefix):
    """The registered location that a prefix stands in."""
    path = f"arn:aws:s3:::{bucket}/{prefix}"
    return next((arn for arn in LOCATIONS if path == arn or path.startswith(arn.rstrip("/") + "/")), None)


def role_for(principal, bucket, prefix, resource=None, permission="DATA_LOCATION_ACCESS"):
    """Lake Formation reads a registered location with the location's role, for who has the permission."""
    location = location_of(bucket, prefix)
    if location is None:
        return principal
    must_be_allowed(principal, "lakeformation:GetDataAccess", "*")
    must_hold(principal, resource or {"DataLocation": {"ResourceArn": location}}, permission)
    return LOCATIONS[location]["RoleArn"]


# ---- the API ----

def get_settings(_):
    settings = SETTINGS.get("settings", {})
    return {"DataLakeSettings": {"DataLakeAdmins": settings.get("Admins", [])}}


def revoke_permissions(asked):
    must_own(asked["Resource"])
    revoke(asked["Principal"]["DataLakePrincipalIdentifier"], asked["Resource"], asked["Permissions"])
    return {}


def grant_permissions(asked):
    must_own(asked["Resource"])
    grant(asked["Principal"]["DataLakePrincipalIdentifier"], asked["Resource"], asked["Permissions"], asked.get("PermissionsWithGrantOption", []))
    return {}


def list_permissions(_):
    rows = []
    for known, held in PERMISSIONS.items():
        principal, resource = json.loads(known)
        rows.append({"Principal": {"DataLakePrincipalIdentifier": principal}, "Resource": resource,
                     "Permissions": held["permissions"], "PermissionsWithGrantOption": held["grantable"]})
    return {"PrincipalResourcePermissions": rows}


OPERATIONS = {
    "GetDataLakeSettings": get_settings,
    "GetDataLakePrincipal": lambda _: {"Identity": caller_arn()},
    "RevokePermissions": revoke_permissions,
    "GrantPermissions": grant_permissions,
    "ListPermissions": list_permissions,
    "ListResources": lambda _: {"ResourceInfoList": [{"ResourceArn": arn, "RoleArn": one.get("RoleArn")} for arn, one in LOCATIONS.items()]},
}


async def handle(method, path, headers, body, query):
    operation = OPERATIONS.get(path.strip("/"))
    try:
        if operation is None:
            raise Refused("InvalidInputException", f"the emulator has no {path}")
        return 200, {"Content-Type": "application/json"}, json.dumps(operation(json.loads(body or b"{}"))).encode()
    except Refused as error:
        said = {"__type": error.code, "Message": str(error)}
        return 400, {"Content-Type": "application/json", "x-amzn-errortype": error.code}, json.dumps(said).encode()


def service():
    if "lakeformation" in app.SERVICE_HANDLERS:
        raise SystemExit("ministack has a Lake Formation of its own by now")
    app.SERVICE_HANDLERS["lakeformation"] = handle
    iam_actions.SERVICE_TO_IAM_NAMESPACE["lakeformation"] = "lakeformation"


# ---- CloudFormation ----

def permissions_type():
    def create(logical_id, properties, stack):
        # CloudFormation grants as the role that deploys.
        if not administrators():
            raise ValueError("AccessDeniedException: Insufficient Lake Formation permission(s): the deploying role is no data lake administrator")
        principal = properties["Principal"]["DataLakePrincipalIdentifier"]
        grant(principal, properties["Resource"], properties["Permissions"], properties.get("PermissionsWithGrantOption", []))
        identifier = key(principal, properties["Resource"])
        return identifier, {"PrincipalIdentifier": principal, "ResourceIdentifier": json.dumps(properties["Resource"])}

    def delete(physical_id, properties):
        principal = properties["Principal"]["DataLakePrincipalIdentifier"]
        if key(principal, properties["Resource"]) in PERMISSIONS:
            revoke(principal, properties["Resource"], properties["Permissions"])
    register("AWS::LakeFormation::PrincipalPermissions", create, delete)


def location_type():
    def create(logical_id, properties, stack):
        arn = properties["ResourceArn"]
        if not re.fullmatch(r"arn:[^:]+:s3:::[^*]+", arn):
            raise ValueError(f"InvalidInputException: {arn} is no location")
        if arn in LOCATIONS:
            raise ValueError(f"AlreadyExistsException: {arn} is registered")
        LOCATIONS[arn] = properties
        return arn, {}
    register("AWS::LakeFormation::Resource", create, lambda physical_id, properties: LOCATIONS.pop(physical_id, None))


def filter_type():
    def create(logical_id, properties, stack):
        table = f"{properties['DatabaseName']}/{properties['TableName']}"
        columns = {column["Name"] for column in glue._tables[table]["StorageDescriptor"]["Columns"]} if table in glue._tables else None
        if columns is None or not set(properties.get("ColumnNames", [])) <= columns:
            raise ValueError(f"EntityNotFoundException: {table} or a column of {properties.get('ColumnNames')} not found")
        name = (properties["DatabaseName"], properties["TableName"], properties["Name"])
        FILTERS[name] = properties
        return "|".join((properties["TableCatalogId"], *name)), {}
    register("AWS::LakeFormation::DataCellsFilter", create, lambda physical_id, properties: FILTERS.pop(tuple(physical_id.split("|")[1:]), None))


def settings_type():
    def create(logical_id, properties, stack):
        known = SETTINGS.get("settings", {}).get("Admins", []) if properties.get("MutationType") == "APPEND" else []
        SETTINGS["settings"] = {**properties, "Admins": known + [one for one in properties.get("Admins", []) if one not in known]}
        return f"{get_account_id()}-settings", {}
    register("AWS::LakeFormation::DataLakeSettings", create, lambda physical_id, properties: None)


def open_databases():
    """A database is born open to everyone whom IAM lets in, unless the account says otherwise."""
    def created(original):
        def create(data):
            answer = original(data)
            if answer[0] < 300:
                PERMISSIONS[key(EVERYONE, {"Database": {"Name": data["DatabaseInput"]["Name"]}})] = {"permissions": ["ALL"], "grantable": []}
            return answer
        return create

    def deleted(original):
        def delete(data):
            forget(data["Name"])
            return original(data)
        return delete
    wrap(glue, "_create_database", created)
    wrap(glue, "_delete_database", deleted)


def forget(database):
    """What was granted on a database and its tables goes with it."""
    for known in list(PERMISSIONS):
        (of,) = json.loads(known)[1].values()
        if database in (of.get("Name"), of.get("DatabaseName")):
            del PERMISSIONS[known]


PATCHES = {
    "lake-formation": service, "lake-formation-permissions-type": permissions_type, "lake-formation-location-type": location_type,
    "lake-formation-filter-type": filter_type, "lake-formation-settings-type": settings_type, "open-databases": open_databases,
}
