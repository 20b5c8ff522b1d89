//! What all files of assistants share: whose they are, and the places that they make.

use super::super::envelope::Page;
use super::super::intake::Intake;
use super::super::layout::Layout;
use crate::inventory::{
    Evidence, ExposureKind, ExposureRecord, Key, LyingRecord, PrincipalKind, PrincipalRecord,
    Record, ScopeRecord, Terms,
};

/// Whose machine a file lies on, by the folder layout.
#[derive(Debug, Clone)]
pub(super) struct Device {
    /// `HOST/USER`.
    pub(super) place: String,
    person: Key,
}

impl Device {
    /// The device of a file; says that its user exists.
    pub(super) fn of(
        layout: &Layout,
        evidence: &Evidence,
        intake: &mut Intake<'_>,
    ) -> Option<Self> {
        let (host, user) = layout.device()?;
        let place = format!("{host}/{user}");
        // An account of one machine: that accounts of one name are one person no file tells.
        let person = intake.key(&format!("person:{place}"));
        emit_principal(
            intake,
            &person,
            format!("{user} on {host}"),
            PrincipalKind::Human,
            "device",
            evidence,
        );
        Some(Self { place, person })
    }

    /// The user drives an assistant.
    fn drives(&self, assistant: &Key, name: &str, evidence: &Evidence, intake: &mut Intake<'_>) {
        let key = intake.key(&format!("{assistant}#user"));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: format!("{name} runs in the session of its user"),
            terms: Terms::Drives {
                driver: self.person.clone(),
                driven: assistant.clone(),
            },
            evidence: evidence.clone(),
        }));
    }

    /// What lies in a file lies on the machine, and its user holds it.
    pub(super) fn holds(
        &self,
        lying: &[LyingRecord],
        evidence: &Evidence,
        intake: &mut Intake<'_>,
    ) {
        if lying.is_empty() {
            return;
        }
        let key = intake.key(&format!("device:{}", self.place));
        intake.emit(Record::Exposure(ExposureRecord {
            key,
            name: format!("files of {}", self.place),
            kind: ExposureKind::Device,
            resource: None,
            holder: Some(self.person.clone()),
            lying: lying.to_vec(),
            evidence: evidence.clone(),
        }));
    }
}

/// A configuration of an assistant, while it is read.
pub(super) struct Config {
    pub(super) assistant: Key,
    pub(super) client: &'static str,
    pub(super) device: Option<Device>,
    /// The path by which places in it are called.
    pub(super) path: String,
    /// Everything that lies in the file.
    lying: Vec<LyingRecord>,
    evidence: Evidence,
}

impl Config {
    /// Begins a file of `client`: says that the assistant exists, and that its user drives it.
    pub(super) fn begin(
        page: &Page<'_>,
        client: &'static str,
        kind: PrincipalKind,
        intake: &mut Intake<'_>,
    ) -> Self {
        let evidence = intake.page(page);
        let device = Device::of(page.layout(), &evidence, intake);
        let path = page.layout().lasting_path();
        let place = match &device {
            Some(device) => device.place.clone(),
            None => path.clone(),
        };
        let assistant = intake.key(&format!("assistant:{place}/{client}"));
        let name = format!("{client} of {place}");
        emit_principal(intake, &assistant, name.clone(), kind, "mcp", &evidence);
        if let Some(device) = &device {
            device.drives(&assistant, &name, &evidence, intake);
        }
        Self {
            assistant,
            client,
            device,
            path,
            lying: Vec::new(),
            evidence,
        }
    }

    /// Something lies in the file.
    pub(super) fn lies(&mut self, lying: &[LyingRecord]) {
        self.lying.extend_from_slice(lying);
    }

    /// Somebody is let act without approval: `words` say by what.
    pub(super) fn approval(
        &self,
        agent: &Key,
        words: &str,
        evidence: Evidence,
        intake: &mut Intake<'_>,
    ) {
        let key = intake.key(&format!("{agent}#approval/{}/{words}", self.path));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: words.to_owned(),
            terms: Terms::Approval {
                agent: agent.clone(),
            },
            evidence,
        }));
    }

    /// A tool that is built into the assistant may be used.
    pub(super) fn tool(&self, tool: &str, evidence: Evidence, intake: &mut Intake<'_>) {
        let software = format!("tool:{tool}");
        let key = intake.key(&format!("{}#software/{software}", self.assistant));
        intake.emit(Record::Scope(ScopeRecord {
            key,
            name: format!("{} may use {tool}", self.client),
            terms: Terms::Software {
                principal: self.assistant.clone(),
                software,
                publisher: None,
                condition: None,
                is_apart: false,
            },
            evidence,
        }));
    }

    /// Ends the file: it is one place, and part of a machine.
    pub(super) fn finish(self, intake: &mut Intake<'_>) {
        if self.lying.is_empty() {
            return;
        }
        if let Some(device) = &self.device {
            device.holds(&self.lying, &self.evidence, intake);
        }
        let key = intake.key(&format!("mcp-config:{}", self.path));
        intake.emit(Record::Exposure(ExposureRecord {
            key,
            name: intake.path().to_owned(),
            kind: ExposureKind::McpConfig,
            resource: None,
            holder: None,
            lying: self.lying,
            evidence: self.evidence,
        }));
    }
}

/// Says that a principal exists.
pub(super) fn emit_principal(
    intake: &mut Intake<'_>,
    key: &Key,
    name: String,
    kind: PrincipalKind,
    platform: &'static str,
    evidence: &Evidence,
) {
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name,
        kind,
        platform,
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence: evidence.clone(),
    }));
}
