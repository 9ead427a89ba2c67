//! What a sealed attribute holds. Part of its associated data, so that one cannot stand in for another.

/// The attribute of the same name carries the blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Names, title, company and e-mail addresses of a contact.
    ContactProfile,
    /// A contact's telephone numbers; apart from the profile because placing a call needs nothing else.
    ContactPhones,
    /// Name, domains and address of a company.
    CompanyProfile,
    /// What a tenant calls its own fields.
    CustomFields,
    /// What each column of a file holds, by the file's own words.
    ImportPlan,
    /// The answer to a request that carried an idempotency key.
    Replay,
    /// Both numbers of a call.
    CallNumbers,
    /// What a user wrote down about a call.
    CallNote,
    /// Account and secrets at the telephony provider.
    TelephonyAccount,
    /// A contact as the search has it.
    SearchDelta,
    /// A tenant's own numbers and their greetings.
    PhoneNumbers,
    /// Name, e-mail address and own telephone of a user.
    UserProfile,
    /// What a note says; in the note's row and beside its activity.
    NoteText,
    /// What a task says; in the task's row and beside its activity.
    TaskText,
}

impl Purpose {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactProfile => "contact_profile",
            Self::ContactPhones => "contact_phones",
            Self::CompanyProfile => "company_profile",
            Self::CustomFields => "custom_fields",
            Self::ImportPlan => "import_plan",
            Self::Replay => "replay",
            Self::CallNumbers => "call_numbers",
            Self::CallNote => "call_note",
            Self::TelephonyAccount => "telephony_account",
            Self::SearchDelta => "search_delta",
            Self::PhoneNumbers => "phone_numbers",
            Self::UserProfile => "user_profile",
            Self::NoteText => "note_text",
            Self::TaskText => "task_text",
        }
    }
}
