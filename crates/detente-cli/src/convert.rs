//! `detente convert`: the same scenario in another format.

use crate::analyze::not_over_itself;
use crate::files::{self, Staged};
use crate::input;
use crate::output::{self, Failure, Outcome, Said};
use detente_formats::{Loss, write, write_genius, write_geniusweb};
use detente_report::json_escaped;
use std::path::{Path, PathBuf};

/// What to convert, and into what.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A scenario file, or a folder that holds one.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The file to write; without an ending like `.yaml`, a folder for `scenario.yaml`; `-` for stdout. For `--as
    /// genius` and `geniusweb`, a new or empty folder.
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// The format to write.
    #[arg(long = "as", value_enum, default_value = "detente")]
    format: Format,
    /// Write in spite of what the format cannot hold, which is listed.
    #[arg(long)]
    lossy: bool,
    /// Replace TO where it is a file already; without, nothing is overwritten.
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    reading: input::Reading,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// Detente's own YAML.
    Detente,
    /// GENIUS XML: a domain, and a profile for each party.
    Genius,
    /// GeniusWeb JSON: a domain, and a profile for each party.
    Geniusweb,
}

pub(crate) fn run(arguments: &Arguments, quiet: bool) -> Outcome {
    let (findings, _) = input::read(&arguments.from, &arguments.reading)?;
    let Some(talks) = findings.told(quiet) else { return Ok(1) };
    let to = &arguments.to;
    let (files, losses) = match arguments.format {
        Format::Detente => {
            let written = write(talks);
            (vec![(String::new(), written.text)], written.losses)
        }
        Format::Genius => {
            let written = write_genius(talks);
            (written.files, written.losses)
        }
        Format::Geniusweb => {
            let written = write_geniusweb(talks);
            let files = written.files.into_iter().map(|(name, text)| (name, json_escaped(&text)));
            (files.collect(), written.losses)
        }
    };
    if !held(&losses, arguments.lossy, quiet) {
        return Ok(1);
    }
    if arguments.format == Format::Detente {
        let text = files.into_iter().next().map(|(_, text)| text).unwrap_or_default();
        if to.as_os_str() == "-" {
            output::print(&Said::Data(text))?;
            return Ok(0);
        }
        let file =
            if to.extension().is_some() && !to.is_dir() { to.clone() } else { to.join("scenario.yaml") };
        not_over_itself(Some(&file), &findings)?;
        if file.is_file() && !arguments.overwrite {
            let message = format!(
                "`{}` exists and is left as it is; choose another name, or add `--overwrite`",
                file.display()
            );
            return Err(Failure::Message(message));
        }
        let mut staged = Staged::default();
        if file != *to {
            staged.folder(to)?;
        }
        staged.add(&file, text.as_bytes())?;
        staged.commit()?;
        said(quiet, &file);
    } else {
        if to.as_os_str() == "-" {
            return Err(Failure::Message("several files are written; name a folder for them".into()));
        }
        files::new_folder(to, &files)?;
        said(quiet, to);
    }
    Ok(0)
}

fn said(quiet: bool, path: &Path) {
    if !quiet {
        output::complain(&format!("wrote {}", path.display()));
    }
}

/// Lists what cannot be held; whether to go on.
fn held(losses: &[Loss], lossy: bool, quiet: bool) -> bool {
    if losses.is_empty() || lossy && quiet {
        return true;
    }
    let word = if lossy { "warning" } else { "error" };
    for loss in losses {
        output::complain(&format!("{word}: {loss}"));
    }
    if !lossy {
        let n = losses.len();
        let what = if n == 1 { "one thing".to_owned() } else { format!("{n} things") };
        output::complain(&format!("nothing was written: {what} cannot be held; `--lossy` writes without"));
    }
    lossy
}
