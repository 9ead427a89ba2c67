//! One sale's beginning: a rep creates a contact, calls it, and finds the call on the contact's timeline.

use std::time::{Duration, Instant};

use blackbox::{Api, Error, Session, Stack, StackTenant, StackUser, TwilioControl};
use http::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{Failure, call, insist, screen::Screen};

const PONG_LIMIT: Duration = Duration::from_secs(5);
/// The touch travels table → stream → queue → table.
const TOUCH_LIMIT: Duration = Duration::from_secs(10);
const LARGEST_PAGE: u32 = 200;

/// Who plays, and where.
pub struct Story<'a> {
    stack: &'a Stack,
    api: Api,
    twilio: TwilioControl,
    home: &'a StackTenant,
    stranger: &'a StackTenant,
}

impl<'a> Story<'a> {
    pub fn new(stack: &'a Stack) -> Result<Self, Failure> {
        let [home, stranger, ..] = stack.tenants.as_slice() else {
            return Err(Failure::Untrue("the stack has no two tenants".to_owned()));
        };
        let twilio_url = stack.twilio_url.as_deref().ok_or_else(|| {
            Failure::Untrue(
                "the stack has no telephony stand-in, and a demo rings nobody in earnest".to_owned(),
            )
        })?;
        let (api, twilio) = (Api::new(&stack.api_url)?, TwilioControl::new(twilio_url)?);
        Ok(Self { stack, api, twilio, home, stranger })
    }

    pub async fn tell(&self, screen: &mut Screen) -> Result<(), Failure> {
        screen.heading(&format!("A rep of {} goes to work at {}", self.home.name, self.stack.api_url));
        let rep = self.sign_in(screen, self.home).await?;
        let mut socket = open_socket(screen, &rep).await?;

        screen.heading("A contact");
        let number = call::number_of_this_run();
        let contact = create_contact(screen, &rep, &number).await?;
        find_in_list(screen, &rep, &contact).await?;

        screen.heading("A call");
        let call = call::watch(screen, &self.twilio, &rep, &mut socket, &contact, &number).await?;

        screen.heading("What remains of it");
        see_timeline(screen, &rep, &contact, &call).await?;
        await_touch(screen, &rep, &contact).await?;

        screen.heading(&format!("The same, as {} sees it", self.stranger.name));
        let stranger = self.sign_in(screen, self.stranger).await?;
        see_nothing(screen, &stranger, &contact, &call).await?;
        Ok(())
    }

    async fn sign_in(&self, screen: &mut Screen, tenant: &StackTenant) -> Result<Session, Failure> {
        screen.begin("signing in");
        let user: &StackUser = tenant
            .user("rep")
            .ok_or_else(|| Failure::Untrue(format!("{} has no rep who could sign in", tenant.name)))?;
        let started = Instant::now();
        let session = self.api.sign_in(&user.email, &user.password).await?;
        screen.step(&format!("signs in as {}", user.email), started.elapsed());
        Ok(session)
    }
}

async fn open_socket(screen: &mut Screen, rep: &Session) -> Result<blackbox::Socket, Failure> {
    screen.begin("opening the socket");
    let started = Instant::now();
    let ticket = rep.ticket().await?;
    let message = format!("gets a ticket for a socket, good once within {} s", ticket.expires_in_seconds);
    screen.step(&message, started.elapsed());
    let started = Instant::now();
    let mut socket = blackbox::Socket::connect(&ticket).await?;
    screen.step("opens the socket", started.elapsed());
    screen.begin("waiting for the pong");
    let took = socket.ping(PONG_LIMIT).await?;
    screen.step("says ping and hears pong", took);
    Ok(socket)
}

/// Creates the contact and reads it back; gives its id.
async fn create_contact(screen: &mut Screen, rep: &Session, number: &str) -> Result<String, Failure> {
    screen.begin("creating the contact");
    let input = json!({
        "first_name": "Demo",
        "last_name": "Contact",
        "company_name": "Demo Company",
        "emails": [{ "address": "demo.contact@example.com", "type": "work" }],
        "phones": [{ "number": number, "type": "mobile" }],
    });
    let created = rep.post("/v1/contacts", &input).await?.expect(201)?;
    let id = created.text("/id")?.to_owned();
    screen.step(&format!("creates Demo Contact, {number}: {id}"), created.elapsed);
    screen.begin("reading the contact back");
    let read = rep.get(&contact_path(&id)).await?.expect(200)?;
    insist(read.body == created.body, || "the contact does not read as it was written".to_owned())?;
    screen.step("reads it back, the same to the letter", read.elapsed);
    Ok(id)
}

async fn find_in_list(screen: &mut Screen, rep: &Session, contact: &str) -> Result<(), Failure> {
    screen.begin("looking for the contact in the list");
    let list = rep.get("/v1/contacts?limit=50").await?.expect(200)?;
    let items = list.array("/items")?;
    let place = items.iter().position(|item| item["id"] == contact);
    insist(place.is_some(), || "the contact is not among the 50 newest".to_owned())?;
    screen.step(&format!("finds it in the list, among the {} newest", items.len()), list.elapsed);
    Ok(())
}

async fn see_timeline(
    screen: &mut Screen,
    rep: &Session,
    contact: &str,
    call: &call::EndedCall,
) -> Result<(), Failure> {
    screen.begin("reading the call");
    let read = rep.get(&call_path(&call.id)).await?.expect(200)?;
    let seconds = read.integer("/duration_seconds")?;
    insist(read.text("/status")? == "completed", || format!("the call is not over: {}", read.body))?;
    screen.step(&format!("reads the call: completed, {seconds} s, answered"), read.elapsed);
    screen.begin("reading the timeline");
    let timeline = rep.get(&format!("{}/timeline", contact_path(contact))).await?.expect(200)?;
    let items = timeline.array("/items")?;
    insist(matches!(items, [only] if *only == call.activity), || {
        format!("the timeline should hold the activity of the socket and no other: {}", timeline.body)
    })?;
    screen.step("finds it on the contact's timeline, once, as the socket showed it", timeline.elapsed);
    Ok(())
}

async fn await_touch(screen: &mut Screen, rep: &Session, contact: &str) -> Result<(), Failure> {
    screen.begin("waiting for the contact's last_touched_at");
    let started = Instant::now();
    loop {
        let read = rep.get(&contact_path(contact)).await?.expect(200)?;
        if let Value::String(touched_at) = &read.body["last_touched_at"] {
            screen.step(&format!("sees the contact last touched at {touched_at}"), started.elapsed());
            return Ok(());
        }
        insist(started.elapsed() < TOUCH_LIMIT, || {
            format!("{TOUCH_LIMIT:?} after the call the contact is not touched")
        })?;
        // The touch arrives through a queue, and nobody is told of it; asking again is all a client can do.
        sleep(Duration::from_millis(20)).await;
    }
}

/// The other tenant's rep asks for everything that the story made, and gets none of it.
async fn see_nothing(
    screen: &mut Screen,
    stranger: &Session,
    contact: &str,
    call: &call::EndedCall,
) -> Result<(), Failure> {
    screen.begin("proving that another tenant sees nothing");
    let dial = json!({ "contact_id": contact, "mode": "bridge" });
    let attempts = [
        ("the contact", stranger.request(Method::GET, &contact_path(contact))),
        ("its timeline", stranger.request(Method::GET, &format!("{}/timeline", contact_path(contact)))),
        ("the call", stranger.request(Method::GET, &call_path(&call.id))),
        ("a call to the contact", stranger.request(Method::POST, "/v1/calls").json(&dial)),
    ];
    for (wanted, attempt) in attempts {
        let refused = attempt.send().await?.expect(404)?;
        screen.step(&format!("asks for {wanted}: 404, as if there were none"), refused.elapsed);
    }
    let started = Instant::now();
    let listed = all_contacts(stranger).await?;
    insist(!listed.iter().any(|id| id == contact), || "the contact stands in the other's list".to_owned())?;
    let sentence = format!("reads its whole list, {} contacts: this one is not there", listed.len());
    screen.step(&sentence, started.elapsed());
    Ok(())
}

/// The ids of all contacts, page by page.
async fn all_contacts(session: &Session) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    let mut path = format!("/v1/contacts?limit={LARGEST_PAGE}");
    loop {
        let page = session.get(&path).await?.expect(200)?;
        let items = page.array("/items")?.iter();
        ids.extend(items.filter_map(|item| item["id"].as_str().map(str::to_owned)));
        let Some(cursor) = page.body["next_cursor"].as_str() else { return Ok(ids) };
        path = format!("/v1/contacts?limit={LARGEST_PAGE}&cursor={cursor}");
    }
}

fn contact_path(id: &str) -> String {
    format!("/v1/contacts/{id}")
}

fn call_path(id: &str) -> String {
    format!("/v1/calls/{id}")
}
