//! What was measured, as a table and as JSON.

use std::fmt;

use serde::Serialize;

use crate::samples::Samples;

/// One figure. `ok` is false only where a budget is missed.
#[derive(Debug, Serialize)]
struct Measurement {
    metric: String,
    value: f64,
    unit: &'static str,
    budget: Option<f64>,
    ok: bool,
}

/// The figures of a suite, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Report {
    heading: String,
    measurements: Vec<Measurement>,
}

impl Report {
    pub fn new(heading: String) -> Self {
        Self { heading, measurements: Vec::new() }
    }

    /// A figure without a budget.
    pub fn note(&mut self, metric: impl Into<String>, value: f64, unit: &'static str) {
        self.add(metric.into(), value, unit, None, true);
    }

    /// A figure that must not be above `budget`.
    pub fn hold(&mut self, metric: impl Into<String>, value: f64, unit: &'static str, budget: f64) {
        let ok = rounded(value) <= budget;
        self.add(metric.into(), value, unit, Some(budget), ok);
    }

    /// A figure that must not be below `budget`.
    pub fn reach(&mut self, metric: impl Into<String>, value: f64, unit: &'static str, budget: f64) {
        let ok = rounded(value) >= budget;
        self.add(metric.into(), value, unit, Some(budget), ok);
    }

    /// p50, p95 and p99; the budget is the p95's.
    pub fn latencies(&mut self, metric: &str, samples: &Samples, p95_budget: Option<f64>) {
        self.note(format!("{metric}.samples"), count(samples.len()), "");
        for percent in [50, 95, 99] {
            let budget = p95_budget.filter(|_| percent == 95);
            let (name, value) = (format!("{metric}.p{percent}"), samples.percentile(percent));
            match budget {
                Some(budget) => self.hold(name, value, "ms", budget),
                None => self.note(name, value, "ms"),
            }
        }
    }

    /// How many budgets are missed.
    pub fn missed(&self) -> usize {
        self.measurements.iter().filter(|measurement| !measurement.ok).count()
    }

    pub fn to_json(&self) -> String {
        let lines: Vec<String> = self
            .measurements
            .iter()
            .map(|measurement| format!("  {}", serde_json::json!(measurement)))
            .collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }

    fn add(&mut self, metric: String, value: f64, unit: &'static str, budget: Option<f64>, ok: bool) {
        self.measurements.push(Measurement { metric, value: rounded(value), unit, budget, ok });
    }
}

/// To hundredths: what is written is what is compared.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl Measurement {
    /// What it is a figure of, and which one: the name's last word.
    fn names(&self) -> (&str, &str) {
        self.metric.rsplit_once('.').unwrap_or((&self.metric, ""))
    }
}

/// One line for each thing measured, with all its figures.
impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{}\n", self.heading)?;
        for figures in self.measurements.chunk_by(|one, next| one.names().0 == next.names().0) {
            let (thing, _) = figures[0].names();
            let figures: Vec<String> = figures.iter().map(ToString::to_string).collect();
            writeln!(out, "{thing:<30} {}", figures.join("  "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, unit, budget, ok, .. } = self;
        let space = if unit.is_empty() { "" } else { " " };
        write!(out, "{} {value}{space}{unit}", self.names().1)?;
        match (budget, ok) {
            (None, _) => Ok(()),
            (Some(budget), true) => write!(out, " (of {budget})"),
            (Some(budget), false) => write!(out, " (MISSED, of {budget})"),
        }
    }
}

/// A count as a figure.
pub fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_missed_budget_is_counted_and_written() {
        let mut report = Report::new("heading".to_owned());
        report.hold("kept", 40.0, "ms", 40.0);
        report.hold("missed", 40.1, "ms", 40.0);
        report.note("free", 1e9, "B");
        assert_eq!(report.missed(), 1);
        let written: Value = serde_json::from_str(&report.to_json()).unwrap();
        let oks: Vec<_> = written.as_array().unwrap().iter().map(|entry| entry["ok"].as_bool()).collect();
        assert_eq!(oks, [Some(true), Some(false), Some(true)]);
        assert!(written[2]["budget"].is_null());
        assert!(report.to_string().contains("MISSED"));
    }
}
