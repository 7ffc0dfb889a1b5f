//! The draws as a table: one row a draw, one column a number.

use crate::files;
use crate::output::Failure;
use detente_analysis::Samples;
use detente_model::{Spot, Talks};
use detente_report::visible;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// One column, with its name.
enum Column {
    Whole(String, Vec<i32>),
    Flag(String, Vec<bool>),
    Number(String, Vec<f64>),
    Text(String, Vec<String>),
}

/// The draws as a file; the ending of its path says which.
pub(crate) fn content(path: &Path, talks: &Talks, samples: &Samples) -> Result<Vec<u8>, Failure> {
    let columns = columns(talks, samples);
    match ending(path).as_deref() {
        Some("csv") => csv(&columns).map_err(Failure::new),
        Some("parquet") => parquet(&columns).map_err(Failure::new),
        _ => Err(unknown_ending(path)),
    }
}

/// That there are no draws to write.
pub(crate) fn nothing() -> Failure {
    let message = "there are no draws to write: every number that enters is known, or the analysis is not complete; \
                   leave out `--samples`";
    Failure::Message(message.into())
}

/// Whether draws can be written to a path of this name.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    files::check(path)?;
    match ending(path).as_deref() {
        Some("csv" | "parquet") => Ok(()),
        _ => Err(unknown_ending(path)),
    }
}

fn ending(path: &Path) -> Option<String> {
    path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase)
}

fn unknown_ending(path: &Path) -> Failure {
    let name = path.display();
    Failure::Message(format!(
        "`{name}` says neither .csv nor .parquet; end the name of `--samples` in one of them"
    ))
}

fn columns(talks: &Talks, samples: &Samples) -> Vec<Column> {
    let rows = &samples.rows;
    let numbers = talks.numbers();
    let place = |spot: &Spot| {
        let placed = numbers.iter().find(|placed| placed.spot == *spot);
        placed.map(|placed| placed.place.clone()).unwrap_or_default()
    };
    let whole = |name: &str, of: &dyn Fn(&detente_analysis::Sample) -> usize| {
        Column::Whole(
            name.into(),
            rows.iter().map(|row| i32::try_from(of(row)).unwrap_or(i32::MAX)).collect(),
        )
    };
    let mut columns =
        vec![whole("replicate", &|row| row.replicate + 1), whole("draw", &|row| row.number + 1)];
    for (k, spot) in samples.spots.iter().enumerate() {
        columns.push(Column::Number(place(spot), rows.iter().map(|row| row.values[k]).collect()));
    }
    for (k, unknown) in samples.unknowns.iter().enumerate() {
        let unknown = &talks.unknowns[unknown.0];
        let case = |row: &detente_analysis::Sample| unknown.cases[row.cases[k]].id.clone();
        columns.push(Column::Text(unknown.id.clone(), rows.iter().map(case).collect()));
    }
    columns.push(Column::Flag("zone".into(), rows.iter().map(|row| row.zone).collect()));
    columns.push(Column::Number("best probability".into(), rows.iter().map(|row| row.best).collect()));
    let n_deals = rows.first().map_or(0, |row| row.deals.len());
    for k in 0..n_deals {
        let name = format!("probability of deal {}", k + 1);
        columns.push(Column::Number(name, rows.iter().map(|row| row.deals[k]).collect()));
    }
    tell_apart(&mut columns);
    columns
}

/// Columns of the same name, such as rows of a table, get a number from the second on.
fn tell_apart(columns: &mut [Column]) {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for column in columns {
        let name = column.name_mut();
        let times = met.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            *name = format!("{name} ({times})");
        }
    }
}

impl Column {
    fn name(&self) -> &str {
        match self {
            Column::Whole(name, _)
            | Column::Flag(name, _)
            | Column::Number(name, _)
            | Column::Text(name, _) => name,
        }
    }

    fn name_mut(&mut self) -> &mut String {
        match self {
            Column::Whole(name, _)
            | Column::Flag(name, _)
            | Column::Number(name, _)
            | Column::Text(name, _) => name,
        }
    }

    fn len(&self) -> usize {
        match self {
            Column::Whole(_, of) => of.len(),
            Column::Flag(_, of) => of.len(),
            Column::Number(_, of) => of.len(),
            Column::Text(_, of) => of.len(),
        }
    }

    fn cell(&self, row: usize) -> String {
        match self {
            Column::Whole(_, of) => of[row].to_string(),
            Column::Flag(_, of) => of[row].to_string(),
            Column::Number(_, of) => of[row].to_string(),
            Column::Text(_, of) => guarded(&of[row]),
        }
    }
}

fn csv(columns: &[Column]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| guarded(column.name())))?;
    for row in 0..columns.first().map_or(0, Column::len) {
        writer.write_record(columns.iter().map(|column| column.cell(row)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet takes for a formula, and in which every character is seen.
///
/// An apostrophe stands before what would begin one: at the start, and behind what some spreadsheets take for the end
/// of a cell. What is a number stays one.
fn guarded(text: &str) -> String {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\u{2212}');
    if is_number(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut fresh = true;
    for c in text.chars() {
        if fresh && begins(c) {
            out.push('\'');
        }
        let unseen = c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
        fresh = matches!(c, ';' | '"') || c.is_control() || fresh && unseen;
        out.push(c);
    }
    visible(&out)
}

fn parquet(columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    use parquet::basic::{LogicalType, Repetition, Type as Physical};
    let field = |column: &Column| {
        let physical = match column {
            Column::Whole(..) => Physical::INT32,
            Column::Flag(..) => Physical::BOOLEAN,
            Column::Number(..) => Physical::DOUBLE,
            Column::Text(..) => Physical::BYTE_ARRAY,
        };
        let text = matches!(column, Column::Text(..)).then_some(LogicalType::String);
        let built = Type::primitive_type_builder(column.name(), physical).with_logical_type(text);
        built.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("draws").with_fields(fields).build()?);
    let properties = Arc::new(WriterProperties::builder().set_created_by("detente".into()).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties)?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut place) = group.next_column()? else { break };
        match column {
            Column::Whole(_, of) => place.typed::<Int32Type>().write_batch(of, None, None)?,
            Column::Flag(_, of) => place.typed::<BoolType>().write_batch(of, None, None)?,
            Column::Number(_, of) => place.typed::<DoubleType>().write_batch(of, None, None)?,
            Column::Text(_, of) => {
                let of: Vec<ByteArray> = of.iter().map(|text| text.as_str().into()).collect();
                place.typed::<ByteArrayType>().write_batch(&of, None, None)?
            }
        };
        place.close()?;
    }
    group.close()?;
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(guarded(text), expected);
        // A guard is never guarded again.
        assert_eq!(guarded(expected), expected);
    }

    #[test]
    fn no_cell_of_text_is_a_formula() {
        check("=1+2", "'=1+2");
        check("+sum", "'+sum");
        check("-1+2", "'-1+2");
        check("@A1", "'@A1");
        check("  =1", "  '=1");
        check("\t=1", " '=1");
        check("\r=1", "␍'=1");
        check("\u{feff}=1", "\u{feff}'=1");
        check("＝1", "'＝1");
        check("a;=1", "a;'=1");
        check("a\n@b", "a␊'@b");
        check("\"=1", "\"'=1");
    }

    #[test]
    fn what_is_no_formula_is_written_as_it_is() {
        for text in ["north", "a-b", "-3", "+0.5", "1e-3", "a=b", "price, - of oil"] {
            assert_eq!(guarded(text), text);
        }
    }
}
