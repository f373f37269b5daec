// What an application does, with Meilisearch's JavaScript SDK.
import assert from "node:assert/strict";
import { Meilisearch } from "meilisearch";
import { generateTenantToken } from "meilisearch/token";

const host = process.env.MEILISEARCH_URL;
const uid = "smoke-js";
const books = [
  { id: 1, title: "The Old Man and the Sea", shelf: "novel" },
  { id: 2, title: "The Sea, the Sea", shelf: "novel" },
  { id: 3, title: "The Sea Around Us", shelf: "science" },
  { id: 4, title: "Silent Spring", shelf: "science" },
];

const client = new Meilisearch({ host, apiKey: process.env.MEILISEARCH_KEY });
const index = client.index(uid);

async function done(task) {
  const finished = await task.waitTask({ timeout: 30_000 });
  assert.equal(finished.status, "succeeded", JSON.stringify(finished));
}

const ids = (answer) => answer.hits.map((hit) => hit.id).sort();
const search = async (apiKey) =>
  ids(await new Meilisearch({ host, apiKey }).index(uid).search("sea"));

await done(client.createIndex(uid, { primaryKey: "id" }));
await done(index.updateFilterableAttributes(["shelf"]));
await done(index.addDocuments(books));

assert.deepEqual(ids(await index.search("sea")), [1, 2, 3]);
assert.deepEqual(ids(await index.search("sea", { filter: "shelf = novel" })), [1, 2]);
assert.deepEqual(ids(await index.searchGet("sea", { filter: "shelf = novel" })), [1, 2]);
const { facetDistribution } = await index.search("", { facets: ["shelf"] });
assert.deepEqual(facetDistribution, { shelf: { novel: 2, science: 2 } });
const values = await index.searchForFacetValues({ facetName: "shelf", facetQuery: "sci" });
assert.deepEqual(values.facetHits, [{ value: "science", count: 2 }]);

const queries = [
  { indexUid: uid, q: "sea" },
  { indexUid: uid, q: "spring" },
];
const several = await client.multiSearch({ queries });
assert.deepEqual(several.results.map(ids), [[1, 2, 3], [4]]);
const together = await client.multiSearch({ federation: {}, queries });
assert.deepEqual(ids(together), [1, 2, 3, 4]);

const key = await client.createKey({ actions: ["search"], indexes: [uid], expiresAt: null });
assert.deepEqual(await search(key.key), [1, 2, 3]);
const token = await generateTenantToken({
  apiKey: key.key,
  apiKeyUid: key.uid,
  searchRules: { [uid]: { filter: "shelf = science" } },
});
assert.deepEqual(await search(token), [3]);
await client.deleteKey(key.uid);
await assert.rejects(search(key.key), (error) => error.cause.code === "invalid_api_key");

await done(index.deleteDocument(3));
assert.deepEqual(ids(await index.search("sea")), [1, 2]);
await done(index.delete());
