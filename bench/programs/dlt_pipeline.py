"""dlt as its documentation shows it: REST client, filesystem destination, gzipped JSON lines; started by bench/extract.ts."""
import json
import sys
import time

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import PageNumberPaginator

options = json.loads(sys.argv[1])


# Nested lists stay in their record, as the extractor leaves them: the fastest of dlt's layouts.
@dlt.resource(name="users", max_table_nesting=0)
def users():
    paginator = PageNumberPaginator(base_page=1, total_path=None, maximum_page=options["pages"] + 1)
    yield from RESTClient(options["url"], paginator=paginator, data_selector="results").paginate("")


pipeline = dlt.pipeline(
    pipeline_name="bench",
    pipelines_dir=options["folder"] + "/pipelines",
    destination=dlt.destinations.filesystem(bucket_url="file://" + options["folder"] + "/lake"),
    dataset_name="bench",
)
start = time.monotonic()
pipeline.run(users(), loader_file_format="jsonl")
seconds = time.monotonic() - start
records = pipeline.last_trace.last_normalize_info.row_counts["users"]
print("bench " + json.dumps({"seconds": seconds, "records": records}))
