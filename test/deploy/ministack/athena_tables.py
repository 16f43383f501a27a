"""Athena over the tables that crawlers and pipelines make: their columns as declared, gzip read, partitions added."""
import re

import duckdb
from ministack.core.iam_evaluator import caller_arn
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena, glue

import lake_formation
from calls import must_be_allowed
from replace import wrap

TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER", "double": "DOUBLE", "boolean": "BOOLEAN"}


def duckdb_type(name):
    nested = re.fullmatch(r"(array|struct)<(.*)>", name.strip())
    if not nested:
        return TYPES[name.strip()]
    if nested[1] == "array":
        return duckdb_type(nested[2]) + "[]"
    fields = [field.split(":", 1) for field in split(nested[2])]
    return "STRUCT(" + ", ".join(f'"{field}" {duckdb_type(of)}' for field, of in fields) + ")"


def split(text):
    """At the commas that stand in no angle brackets."""
    depth, parts = 0, [""]
    for character in text:
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def declared_columns():
    """JSON is read as the table declares it; DuckDB would guess."""
    def patch(original):
        def relation(table, files):
            if athena._data_format(table) != "json":
                return original(table, files)
            columns = ", ".join(f"'{column['Name']}': '{duckdb_type(column['Type'])}'" for column in table["StorageDescriptor"]["Columns"])
            return f"read_json({athena._sql_list(files)}, format = 'newline_delimited', columns = {{{columns}}}, {athena._hive_options(athena._path_partition_keys(table, files))})"
        return relation
    wrap(athena, "_table_relation", patch)


ADD_PARTITION = re.compile(r"ALTER TABLE `([^`]+)`\.`([^`]+)` ADD IF NOT EXISTS PARTITION \(`[^`]+` = '([^']+)'\)")


def add_partition():
    """ALTER TABLE ... ADD PARTITION, which ministack does not have."""
    def parsed(original):
        def parse(query):
            return ADD_PARTITION.fullmatch(query.strip()) or original(query)
        return parse

    def run(original):
        def ddl(statement, database):
            if not isinstance(statement, re.Match):
                return original(statement, database)
            database, table, value = statement.groups()
            known = glue._tables.get(f"{database}/{table}")
            if known is None:
                raise ValueError(f"FAILED: SemanticException [Error 10001]: Table not found {database}.{table}")
            storage = known["StorageDescriptor"]
            location = f"{storage['Location'].rstrip('/')}/{known['PartitionKeys'][0]['Name']}={value}/"
            partition = {"Values": [value], "StorageDescriptor": {**storage, "Location": location}}
            glue._batch_create_partition({"DatabaseName": database, "TableName": table, "PartitionInputList": [partition]})
            return {"columns": [], "rows": [], "column_types": []}
        return ddl
    wrap(athena, "_parse_ddl", parsed)
    wrap(athena, "_run_ddl", run)


# Functions of Trino's that DuckDB calls otherwise.
MACROS = ["element_at(l, i) AS list_extract(l, i)", "approx_distinct(x) AS count(DISTINCT x)", "json_extract_scalar(j, p) AS json_extract_string(j, p)", "regexp_like(s, p) AS regexp_matches(s, p)"]


def functions():
    def patch(original):
        def connect(*args, **kwargs):
            connection = original(*args, **kwargs)
            for macro in MACROS:
                connection.execute(f"CREATE MACRO {macro}")
            return connection
        return connect
    wrap(duckdb, "connect", patch)


def athena_caller():
    """Athena reads the catalogue and the data, and writes results, with the rights of who asks."""
    def patch(original):
        async def execute(query_id, query, database, ddl, catalog=None):
            execution = athena._executions[query_id]
            try:
                check_caller(lake_formation.role_of(caller_arn()), execution, ddl)
            except PermissionError as error:
                execution["Status"].update(State="FAILED", StateChangeReason=str(error))
            else:
                await original(query_id, query, database, ddl, catalog)
        return execute
    wrap(athena, "_execute_query", patch)


def check_caller(role, execution, ddl):
    if not re.fullmatch(r"arn:[^:]+:iam::\d+:role/.+", role):
        return  # the account's root may do everything
    must_be_allowed(role, "s3:PutObject", execution["ResultConfiguration"]["OutputLocation"].replace("s3://", "arn:aws:s3:::"))
    adds = isinstance(ddl, re.Match)
    database = execution["QueryExecutionContext"]["Database"]
    asked = [ddl.groups()[:2]] if adds else [(one.database or database, one.table) for one in athena._table_references(execution["Query"])]
    for name in asked:
        table = glue._tables.get("/".join(name))
        if table is None:
            continue
        for part in ("catalog", f"database/{name[0]}", f"table/{name[0]}/{name[1]}"):
            must_be_allowed(role, "glue:BatchCreatePartition" if adds else "glue:GetTable", f"arn:aws:glue:{get_region()}:{get_account_id()}:{part}")
        bucket, prefix = re.fullmatch(r"s3://([^/]+)/(.*)", table["StorageDescriptor"]["Location"]).groups()
        resource = {"Table": {"DatabaseName": name[0], "Name": name[1]}}
        reader = lake_formation.role_for(role, bucket, prefix, resource, "ALTER" if adds else "SELECT")
        if not adds:
            must_be_allowed(reader, "s3:GetObject", f"arn:aws:s3:::{bucket}/{prefix}")


PATCHES = {"athena-caller": athena_caller, "declared-columns": declared_columns, "add-partition": add_partition, "functions": functions}
