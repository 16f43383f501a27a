"""A crawler that crawls files of JSON lines: with its role's rights, and over a registered location with those that Lake Formation hands out."""
import contextvars
import gzip
import json
import re
import threading
import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import glue

import lake_formation
from calls import client
from json_types import merged, name_of, type_of

JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
CRAWL_S = 0.5


def files(crawler):
    """The bucket, the key and the lines of each file below the crawler's targets."""
    for target in crawler["Targets"]["S3Targets"]:
        bucket, prefix = re.fullmatch(r"s3://([^/]+)/(.*)", target["Path"]).groups()
        reader = client("s3", reading_role(crawler, bucket, prefix), "AWSGlue")
        for page in reader.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for one in page.get("Contents", []):
                body = reader.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
                text = gzip.decompress(body) if one["Key"].endswith(".gz") else body
                yield bucket, one["Key"], text.decode().splitlines()


def reading_role(crawler, bucket, prefix):
    if not (crawler.get("LakeFormationConfiguration") or {}).get("UseLakeFormationCredentials"):
        return crawler["Role"]
    return lake_formation.role_for(crawler["Role"], bucket, prefix)


def crawl(crawler):
    role, database = crawler["Role"], crawler["DatabaseName"]
    catalog = client("glue", role, "AWSGlue")
    catalog.get_database(Name=database)
    lake_formation.must_hold(role, {"Database": {"Name": database}}, "CREATE_TABLE")
    level = json.loads(crawler["Configuration"])["Grouping"]["TableLevelConfiguration"]
    tables = {}
    for bucket, key, lines in files(crawler):
        folders = key.split("/")[:-1]
        # The bucket is the first level.
        root, partition = "/".join(folders[:level - 1]), tuple(folders[level - 1:])
        table = tables.setdefault(root, {"columns": {}, "partitions": {}, "bucket": bucket})
        table["partitions"][partition] = f"s3://{bucket}/{'/'.join(folders)}/"
        for line in lines:
            for name, value in json.loads(line).items():
                table["columns"][name.lower()] = merged(table["columns"].get(name.lower()), type_of(value))
    for root, table in tables.items():
        write(catalog, crawler, root, table)


def write(catalog, crawler, root, table):
    name = re.sub(r"[^a-z0-9_]", "_", root.split("/")[-1].lower())
    keys = [folder.split("=")[0] for folder in next(iter(table["partitions"]))]
    storage = {
        "Location": f"s3://{table['bucket']}/{root}/", "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": JSON_SERDE, "Parameters": {"paths": ",".join(sorted(table["columns"]))}},
        "Columns": [{"Name": column, "Type": name_of(kind)} for column, kind in table["columns"].items()],
    }
    definition = {"Name": name, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage, "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
                  "Parameters": {"classification": "json", "UPDATED_BY_CRAWLER": crawler["Name"]}}
    database = crawler["DatabaseName"]
    known = f"{database}/{name}" in glue._tables
    (catalog.update_table if known else catalog.create_table)(DatabaseName=database, TableInput=definition)
    if not known:
        # Who makes a table owns it.
        lake_formation.own(crawler["Role"], {"Table": {"DatabaseName": database, "Name": name}})
    partitions = [{"Values": [folder.split("=")[-1] for folder in partition], "StorageDescriptor": {**storage, "Location": location}}
                  for partition, location in table["partitions"].items()]
    errors = catalog.batch_create_partition(DatabaseName=database, TableName=name, PartitionInputList=partitions).get("Errors", [])
    unexpected = [error for error in errors if error["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
    if unexpected:
        raise RuntimeError(json.dumps(unexpected))


def start(asked):
    crawler = glue._crawlers.get(asked.get("Name"))
    if not crawler:
        return error_response_json("EntityNotFoundException", f"Crawler with name {asked.get('Name')} is not found", 400)
    if crawler["State"] != "READY":
        return error_response_json("CrawlerRunningException", f"Crawler with name {crawler['Name']} has already started", 400)
    crawler["State"], began = "RUNNING", time.time()

    def run():
        error = None
        try:
            crawl(crawler)
        except Exception as failure:
            error = {"ErrorMessage": str(failure)}
        crawler["LastCrawl"] = {"Status": "FAILED" if error else "SUCCEEDED", **(error or {}), "LogGroup": "/aws-glue/crawlers", "LogStream": crawler["Name"], "StartTime": began}
        crawler["State"] = "STOPPING"
        time.sleep(CRAWL_S)
        crawler["State"] = "READY"
    threading.Timer(CRAWL_S, contextvars.copy_context().run, [run]).start()
    return json_response({})


def crawler():
    glue._start_crawler  # what is replaced is there
    glue._start_crawler = start


PATCHES = {"crawler": crawler}
