//! The examples, as processes.

use crate::issuer::{Does, Issuer, token, token_with};
use crate::server::ask;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// Ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn orders_serves_what_its_policy_lets_pass() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let mut policy = issuer.policy();
    policy["routes"] = json!([
        {"methods": "GET", "path": "/health", "skip": true},
        {"methods": "GET", "path": "/metrics", "skip": true},
    ]);
    let file = std::env::temp_dir().join(format!("jotgate-orders-{}.json", std::process::id()));
    std::fs::write(&file, policy.to_string()).expect("a policy");
    let (_process, address) = start("orders", &file.display().to_string());

    issuer.asked(1).await;
    assert!([200, 503].contains(&ask(address, "GET /health", None).await.status));
    assert_eq!(ask(address, "GET /orders", None).await.status, 401);
    let answer = ask(address, "GET /orders", Some(&token(1))).await;
    assert!(answer.status == 200 && answer.body.contains(r#""of":"alice""#), "{}", answer.body);
    assert_eq!(ask(address, "GET /orders/7", Some(&token(1))).await.status, 200);
    let of = |scope: &str| token_with(1, "key-1", &json!({"scope": scope}));
    assert_eq!(ask(address, "POST /orders", Some(&token(1))).await.status, 403);
    assert_eq!(ask(address, "POST /orders", Some(&of("orders:write"))).await.status, 201);
    assert_eq!(ask(address, "DELETE /orders/7", Some(&of("orders:write"))).await.status, 403);
    assert_eq!(ask(address, "DELETE /orders/7", Some(&of("orders:delete"))).await.status, 204);
    assert_eq!(issuer.fetches(), 1);
    assert_eq!(ask(address, "GET /health", None).await.status, 200);
    let page = ask(address, "GET /metrics", None).await;
    assert!(page.field("Content-Type").is_some_and(|kind| kind.starts_with("text/plain")));
    assert!(
        page.body.contains(r#"jotgate_rejections_total{validator="default",code="insufficient_scope"} 2"#),
        "{}",
        page.body
    );
    std::fs::remove_file(file).expect("the policy");
}

#[tokio::test]
async fn watch_policy_takes_what_is_right_and_keeps_what_was() {
    let issuer = Issuer::start(Does::Keys(vec![1])).await;
    let policy = issuer.policy().to_string();
    let file = std::env::temp_dir().join(format!("jotgate-watched-{}.json", std::process::id()));
    let put = |text: &str| {
        let beside = file.with_extension("new");
        std::fs::write(&beside, text).expect("a policy");
        std::fs::rename(beside, &file).expect("its place");
    };
    put(&policy);
    let (_process, address) = start("watch_policy", &file.display().to_string());
    let answers = async |status: u16| {
        for _ in 0..1000 {
            if ask(address, "GET /hello", Some(&token(1))).await.status == status {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the answer did not become {status}");
    };
    answers(200).await;
    put(&policy[..policy.len() / 2]);
    put(&policy.replace("https://api.test", "https://another.test"));
    answers(401).await;
    put(&policy);
    answers(200).await;
    std::fs::remove_file(file).expect("the policy");
}

/// Cargo builds the examples before it runs the tests.
fn start(example: &str, policy: &str) -> (Process, SocketAddr) {
    let tests = std::env::current_exe().expect("this program");
    let folder = tests.parent().and_then(std::path::Path::parent).expect("the folder of the profile");
    let program = folder.join("examples").join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    let mut child =
        Process(command.args([policy, "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("the example, built"));
    let mut line = String::new();
    let output = child.0.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("its address");
    (child, line.trim().parse().expect("an address"))
}
