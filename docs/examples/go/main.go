// What an application does, with Meilisearch's Go SDK.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"reflect"
	"sort"
	"time"

	"github.com/meilisearch/meilisearch-go"
)

const uid = "smoke-go"

type book struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
	Shelf string `json:"shelf"`
}

var books = []book{
	{1, "The Old Man and the Sea", "novel"},
	{2, "The Sea, the Sea", "novel"},
	{3, "The Sea Around Us", "science"},
	{4, "Silent Spring", "science"},
}

func main() {
	log.SetFlags(log.Lshortfile)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	url := os.Getenv("MEILISEARCH_URL")
	client := meilisearch.New(url, meilisearch.WithAPIKey(os.Getenv("MEILISEARCH_KEY")))
	defer client.Close()
	index := client.Index(uid)
	done := func(task *meilisearch.TaskInfo, err error) {
		finished, err := client.WaitForTask(ctx, must(task, err).TaskUID, 20*time.Millisecond)
		equal(must(finished, err).Status, meilisearch.TaskStatusSucceeded)
	}
	search := func(key string) (*meilisearch.SearchResponse, error) {
		asking := meilisearch.New(url, meilisearch.WithAPIKey(key))
		defer asking.Close()
		return asking.Index(uid).Search(ctx, "sea", &meilisearch.SearchRequest{})
	}

	done(client.CreateIndex(ctx, &meilisearch.IndexConfig{Uid: uid, PrimaryKey: "id"}))
	done(index.UpdateFilterableAttributes(ctx, &[]interface{}{"shelf"}))
	done(index.AddDocuments(ctx, books, nil))

	equal(ids(must(index.Search(ctx, "sea", &meilisearch.SearchRequest{})).Hits), []int{1, 2, 3})
	novels := &meilisearch.SearchRequest{Filter: "shelf = novel"}
	equal(ids(must(index.Search(ctx, "sea", novels)).Hits), []int{1, 2})
	counted := must(index.Search(ctx, "", &meilisearch.SearchRequest{Facets: []string{"shelf"}}))
	var facets map[string]map[string]int
	check(json.Unmarshal(counted.FacetDistribution, &facets))
	equal(facets, map[string]map[string]int{"shelf": {"novel": 2, "science": 2}})

	queries := []*meilisearch.SearchRequest{{IndexUID: uid, Query: "sea"}, {IndexUID: uid, Query: "spring"}}
	several := must(client.MultiSearch(ctx, &meilisearch.MultiSearchRequest{Queries: queries}))
	equal(ids(several.Results[0].Hits), []int{1, 2, 3})
	equal(ids(several.Results[1].Hits), []int{4})
	federation := &meilisearch.MultiSearchFederation{}
	together := must(client.MultiSearch(ctx, &meilisearch.MultiSearchRequest{Federation: federation, Queries: queries}))
	equal(ids(together.Hits), []int{1, 2, 3, 4})

	key := must(client.CreateKey(ctx, &meilisearch.Key{Actions: []string{"search"}, Indexes: []string{uid}}))
	equal(ids(must(search(key.Key)).Hits), []int{1, 2, 3})
	rules := map[string]interface{}{uid: map[string]string{"filter": "shelf = science"}}
	token := must(client.GenerateTenantToken(key.UID, rules, &meilisearch.TenantTokenOptions{APIKey: key.Key}))
	equal(ids(must(search(token)).Hits), []int{3})
	must(client.DeleteKey(ctx, key.UID))
	_, err := search(key.Key)
	var refused *meilisearch.Error
	equal(errors.As(err, &refused), true)
	equal(string(refused.APIError.Code), "invalid_api_key")

	done(index.DeleteDocument(ctx, "3", nil))
	equal(ids(must(index.Search(ctx, "sea", &meilisearch.SearchRequest{})).Hits), []int{1, 2})
	done(client.DeleteIndex(ctx, uid))
}

func ids(hits meilisearch.Hits) []int {
	found := []int{}
	for _, hit := range hits {
		var b book
		check(hit.DecodeInto(&b))
		found = append(found, b.ID)
	}
	sort.Ints(found)
	return found
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
	return value
}

func check(err error) {
	must(0, err)
}

func equal(got, want any) {
	if !reflect.DeepEqual(got, want) {
		log.Output(2, "unexpected")
		log.Fatalf("got %v, want %v", got, want)
	}
}
