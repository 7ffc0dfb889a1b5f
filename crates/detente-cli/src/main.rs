//! The `detente` command: reads a scenario, asks the engines, prints the answer.
//!
//! Exit codes: 0 done (any verdict, warnings included); 1 problems in the input; 2 usage or I/O;
//! 130 interrupted. Stdout holds the result and nothing else.

mod analyze;
mod carried;
mod check;
mod convert;
mod deal;
mod diagnostics;
mod files;
mod input;
mod new;
mod output;
mod progress;
mod samples;
mod sequence;
mod startup;
mod usage;

use clap::{Parser, Subcommand, ValueEnum};
use output::{Failure, Outcome, Said};
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  detente new talks.yaml              write a commented scenario to start from
  detente check talks.yaml            list every problem in it, each with its place
  detente analyze talks.yaml          say what is possible and whose consent is needed
  detente analyze talks.yaml --format html --out report.html
                                      a page to print and to bring, for the mediation team
  detente analyze talks.yaml --format html --audience shared --out agenda.html
                                      a page for all sides, without what anybody values
  detente analyze talks.yaml --format json --out result.json
  detente sequence talks.yaml         say in which order the likeliest deal can be carried out
  detente sequence talks.yaml --deal price=4,term=long
                                      the same of another deal
  detente analyze some/genius/folder --parties buyer,seller
                                      the same of a scenario of GENIUS, GeniusWeb, NegMAS or NegoLog
  detente convert some/genius/folder talks.yaml
                                      write it as a scenario of Detente's own
  detente sequence graph.xml          say what can come of a DCR graph, and where it cannot be completed

A FILE is a scenario file; a folder that holds a `scenario.yaml`; or a folder that holds a scenario of GENIUS,
GeniusWeb, NegMAS, NegoLog or another system: it is told by what the files say.";

/// Negotiation support: which deals are possible, who has to say yes, how likely that is, and what makes it last.
#[derive(Parser)]
#[command(name = "detente", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Print no progress and no warnings.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// List every problem in scenario files, each with its place and a way out.
    Check {
        /// Scenario files, or folders that hold one.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: input::Reading,
        /// How to print what was found.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Say which deals are possible, efficient and fair, how likely each yes is, and whose is most needed.
    Analyze(analyze::Arguments),
    /// Say in which order a deal can be carried out so that nobody gains by walking away, and what is missing;
    /// or, of a DCR graph, where it cannot be completed any more.
    Sequence(sequence::Arguments),
    /// Write a scenario in another format: Detente's own YAML out of everything that can be read, or files for
    /// GENIUS or GeniusWeb.
    Convert(convert::Arguments),
    /// Write a commented, valid scenario to start from; never overwrites.
    New {
        /// The file to write, or `-` for the output; without an ending like `.yaml`, a folder for it.
        path: PathBuf,
    },
    /// Print a JSON Schema.
    Schema {
        /// Of what.
        #[arg(value_enum, default_value = "scenario")]
        of: Schema,
    },
}

/// How to print.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schema {
    /// Of the scenario language, for editors.
    Scenario,
    /// Of what `analyze --format json` prints.
    Analysis,
    /// Of what `sequence --format json` prints of a scenario.
    Sequence,
    /// Of what `sequence --format json` prints of a DCR graph.
    Dcr,
}

fn main() -> ExitCode {
    progress::listen();
    startup::outlive_full_files();
    let done = match Arguments::try_parse() {
        Ok(arguments) => startup::start_threads().and_then(|()| run(arguments)),
        Err(told) => usage::tell::<Arguments>(&told),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Message(message)) => {
            output::complain(&format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Outcome {
    let quiet = arguments.quiet;
    match arguments.command {
        Command::Check { files, reading, format } => check::run(&files, &reading, format, quiet),
        Command::Analyze(arguments) => analyze::run(&arguments, quiet),
        Command::Sequence(arguments) => sequence::run(&arguments, quiet),
        Command::Convert(arguments) => convert::run(&arguments, quiet),
        Command::New { path } => new::run(&path, quiet),
        Command::Schema { of } => output::print(&Said::Data(schema(of))).map(|()| 0),
    }
}

fn schema(of: Schema) -> String {
    match of {
        Schema::Scenario => format!("{:#}\n", detente_formats::schema()),
        Schema::Analysis => detente_report::schema(),
        Schema::Sequence => detente_report::sequence_schema(),
        Schema::Dcr => detente_report::dcr_schema(),
    }
}
