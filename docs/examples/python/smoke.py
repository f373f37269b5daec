"""What an application does, with Meilisearch's Python SDK."""

import os
from typing import Any

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

URL = os.environ["MEILISEARCH_URL"]
UID = "smoke-python"
BOOKS = [
    {"id": 1, "title": "The Old Man and the Sea", "shelf": "novel"},
    {"id": 2, "title": "The Sea, the Sea", "shelf": "novel"},
    {"id": 3, "title": "The Sea Around Us", "shelf": "science"},
    {"id": 4, "title": "Silent Spring", "shelf": "science"},
]

client = Client(URL, os.environ["MEILISEARCH_KEY"])
index = client.index(UID)


def done(task: Any) -> None:
    finished = client.wait_for_task(task.task_uid, timeout_in_ms=30_000)
    assert finished.status == "succeeded", finished


def ids(answer: dict[str, Any]) -> list[int]:
    return sorted(hit["id"] for hit in answer["hits"])


done(client.create_index(UID, {"primaryKey": "id"}))
done(index.update_filterable_attributes(["shelf"]))
done(index.add_documents(BOOKS))

assert ids(index.search("sea")) == [1, 2, 3]
assert ids(index.search("sea", {"filter": "shelf = novel"})) == [1, 2]
facets = index.search("", {"facets": ["shelf"]})["facetDistribution"]
assert facets == {"shelf": {"novel": 2, "science": 2}}, facets
values = index.facet_search("shelf", "sci")["facetHits"]
assert values == [{"value": "science", "count": 2}], values

several = client.multi_search(
    [{"indexUid": UID, "q": "sea"}, {"indexUid": UID, "q": "spring"}]
)
assert [ids(answer) for answer in several["results"]] == [[1, 2, 3], [4]]
together = client.multi_search(
    [{"indexUid": UID, "q": "sea"}, {"indexUid": UID, "q": "spring"}], federation={}
)
assert ids(together) == [1, 2, 3, 4]

key = client.create_key({"actions": ["search"], "indexes": [UID], "expiresAt": None})
searcher = Client(URL, key.key)
assert ids(searcher.index(UID).search("sea")) == [1, 2, 3]
token = client.generate_tenant_token(
    key.uid, {UID: {"filter": "shelf = science"}}, api_key=key.key
)
assert ids(Client(URL, token).index(UID).search("sea")) == [3]
client.delete_key(key.uid)
try:
    searcher.index(UID).search("sea")
    raise AssertionError("a deleted key opens the index")
except MeilisearchApiError as refused:
    assert refused.code == "invalid_api_key", refused

done(index.delete_document(3))
assert ids(index.search("sea")) == [1, 2]
done(index.delete())
