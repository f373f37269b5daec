//! What an application does, with Meilisearch's Rust SDK.

use std::collections::HashMap;
use std::env::var;
use std::error::Error;
use std::time::Duration;

use meilisearch_sdk::client::Client;
use meilisearch_sdk::errors::{Error as SdkError, ErrorCode};
use meilisearch_sdk::key::{Action, KeyBuilder};
use meilisearch_sdk::search::{SearchQuery, SearchResults, Selectors};
use meilisearch_sdk::task_info::TaskInfo;
use serde::{Deserialize, Serialize};
use serde_json::json;

const UID: &str = "smoke-rust";

#[derive(Serialize, Deserialize)]
struct Book {
    id: u32,
    title: String,
    shelf: String,
}

fn book(id: u32, title: &str, shelf: &str) -> Book {
    Book { id, title: title.into(), shelf: shelf.into() }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = var("MEILISEARCH_URL")?;
    let client = Client::new(&url, Some(var("MEILISEARCH_KEY")?))?;
    let index = client.index(UID);

    done(&client, client.create_index(UID, Some("id")).await?).await?;
    done(&client, index.set_filterable_attributes(["shelf"]).await?).await?;
    let books = [
        book(1, "The Old Man and the Sea", "novel"),
        book(2, "The Sea, the Sea", "novel"),
        book(3, "The Sea Around Us", "science"),
        book(4, "Silent Spring", "science"),
    ];
    done(&client, index.add_documents(&books, None).await?).await?;

    assert_eq!(ids(&search(&client, "sea").await?), [1, 2, 3]);
    let novels = index.search().with_query("sea").with_filter("shelf = novel").execute().await?;
    assert_eq!(ids(&novels), [1, 2]);
    let counted: SearchResults<Book> =
        index.search().with_facets(Selectors::Some(&["shelf"])).execute().await?;
    let shelves = HashMap::from([("novel".to_string(), 2), ("science".to_string(), 2)]);
    assert_eq!(counted.facet_distribution.unwrap()["shelf"], shelves);

    let sea = SearchQuery::new(&index).with_query("sea").build();
    let spring = SearchQuery::new(&index).with_query("spring").build();
    let mut queries = client.multi_search();
    let several = queries.with_search_query(sea).with_search_query(spring).execute().await?;
    assert_eq!(several.results.iter().map(ids).collect::<Vec<_>>(), [vec![1, 2, 3], vec![4]]);

    let key = KeyBuilder::new().with_action(Action::Search).with_index(UID).execute(&client).await?;
    let searcher = Client::new(&url, Some(&key.key))?;
    assert_eq!(ids(&search(&searcher, "sea").await?), [1, 2, 3]);
    let rules = json!({ UID: { "filter": "shelf = science" } });
    let token =
        client.generate_tenant_token(key.uid.clone(), rules, Some(&key.key), None)?;
    assert_eq!(ids(&search(&Client::new(&url, Some(token))?, "sea").await?), [3]);
    client.delete_key(&key).await?;
    match search(&searcher, "sea").await {
        Err(SdkError::Meilisearch(refused)) => assert_eq!(refused.error_code, ErrorCode::InvalidApiKey),
        other => panic!("a deleted key: {:?}", other.map(|found| ids(&found))),
    }

    done(&client, index.delete_document(3).await?).await?;
    assert_eq!(ids(&search(&client, "sea").await?), [1, 2]);
    done(&client, index.delete().await?).await
}

async fn done(client: &Client, task: TaskInfo) -> Result<(), Box<dyn Error>> {
    let patience = Some(Duration::from_secs(30));
    let finished = task.wait_for_completion(client, None, patience).await?;
    assert!(finished.is_success(), "{finished:?}");
    Ok(())
}

async fn search(client: &Client, query: &str) -> Result<SearchResults<Book>, SdkError> {
    client.index(UID).search().with_query(query).execute().await
}

fn ids(found: &SearchResults<Book>) -> Vec<u32> {
    let mut ids: Vec<u32> = found.hits.iter().map(|hit| hit.result.id).collect();
    ids.sort_unstable();
    ids
}
