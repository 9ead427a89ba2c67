//! What the local mail service was given to send.

use serde_json::Value;

use crate::{
    eventually::eventually,
    failed::{Failed, Outcome},
    world::World,
};

/// The texts of all mails to `address`, oldest first.
pub async fn texts_to(world: &World, address: &str) -> Outcome<Vec<String>> {
    let endpoint = world.stack.aws_endpoint.as_deref().ok_or_else(|| Failed::new("no local AWS"))?;
    let answer = reqwest::get(format!("{endpoint}/_ministack/ses/messages")).await?.error_for_status()?;
    let body: Value = answer.json().await?;
    let accounts = body["messages"].as_object().into_iter().flatten();
    let mails = accounts.flat_map(|(_, mails)| mails.as_array().into_iter().flatten());
    let to_address =
        |mail: &&Value| mail["To"].as_array().is_some_and(|to| to.iter().any(|to| to == address));
    Ok(mails.filter(to_address).filter_map(|mail| mail["BodyText"].as_str().map(str::to_owned)).collect())
}

/// The code in the last of more than `known` mails to the address, which stands alone on its line.
pub async fn reset_code_behind(world: &World, address: &str, known: usize) -> Outcome<String> {
    eventually("the message with the code", async || {
        let texts = texts_to(world, address).await?;
        let newest = texts.last().filter(|_| texts.len() > known);
        let is_code = |line: &&str| line.len() == 14 && line.split('-').count() == 3 && !line.contains(' ');
        Ok(newest.and_then(|text| text.lines().find(is_code)).map(str::to_owned))
    })
    .await
}

/// The temporary password in the newest mail to `address`, which stands alone on its line.
pub async fn invited_password(world: &World, address: &str) -> Outcome<String> {
    let texts = texts_to(world, address).await?;
    let newest = texts.last().ok_or_else(|| Failed::new("no mail was sent"))?;
    let password = newest.lines().find(|line| line.len() == 20 && !line.contains(' '));
    password.map(str::to_owned).ok_or_else(|| Failed::new("the mail holds no password"))
}
