//! The scenario language as a table: every mapping with its keys, what each key holds, and one line
//! about it. The reader knows keys from here and the JSON Schema is printed from here, so that the
//! two cannot drift apart.

/// A mapping of the language.
pub(crate) struct Object {
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// What it is, for a person.
    pub(crate) doc: &'static str,
    /// Its keys, in the order a person would write them.
    pub(crate) keys: &'static [Key],
}

/// One key of a mapping.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
    pub(crate) kind: Kind,
    pub(crate) doc: &'static str,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Need {
    Must,
    May,
}

/// What stands behind a key.
pub(crate) enum Kind {
    /// The language version.
    Version,
    Text,
    /// A name without spaces or dots.
    Id,
    Flag,
    /// A plain decimal number.
    Decimal,
    Count,
    Date,
    Duration,
    Number,
    /// A number, `none`, `unknown` or infinity.
    Alternative,
    /// A distribution or number, or `none`.
    StatedCost,
    Rule,
    Condition,
    Preference,
    Options,
    Row,
    Waits,
    Amounts,
    Correlation,
    /// An option's text or number.
    Option,
    /// A list of such.
    List(&'static Kind),
    /// One such, or a list of them.
    OneOrMore(&'static Kind),
    /// A mapping from ids to such.
    Map(&'static Kind),
    Object(&'static Object),
}

use Kind::{
    Alternative, Amounts, Condition, Count, Date, Decimal, Duration, Flag, Id, List, Map, Number, OneOrMore,
    Options, Preference, Row, Rule, StatedCost, Text, Version, Waits,
};
use Need::{May, Must};

const fn key(name: &'static str, need: Need, kind: Kind, doc: &'static str) -> Key {
    Key { name, need, kind, doc }
}

const BECAUSE: &str = "Ids of the claims this rests on.";
const NAME: &str = "What people call it; the id if left out.";

pub(crate) static SCENARIO: Object = Object {
    name: "scenario",
    doc: "One negotiation.",
    keys: &[
        key("detente", Must, Version, "Version of the scenario language: 1."),
        key("title", Must, Text, "What the negotiation is called."),
        key("as_of", May, Date, "The day the description speaks of."),
        key("authors", May, OneOrMore(&Text), "Who wrote it."),
        key(
            "common_unit",
            May,
            Text,
            "The unit of all values, such as `million euro`, where every body counts in it: only then can they be added.",
        ),
        key("note", May, Text, "What a reader of the results must know first; not shown to all sides."),
        key("parties", Must, List(&Kind::Object(&PARTY)), "The sides that sign."),
        key("agreement", May, Rule, "Whose ratification makes an agreement; every party's if left out."),
        key(
            "unknowns",
            May,
            List(&Kind::Object(&UNKNOWN)),
            "What nobody knows and several numbers depend on, with its cases.",
        ),
        key(
            "correlation",
            May,
            Kind::Correlation,
            "How closely political costs go together: one number from 0 to 1 for every two bodies, or a loading from -1 to 1 per `party.body`; 0 if left out.",
        ),
        key("issues", Must, List(&Kind::Object(&ISSUE)), "The questions on the table."),
        key("constraints", May, List(&Kind::Object(&CONSTRAINT)), "Combinations of options that cannot be."),
        key("mediators", May, List(&Kind::Object(&MEDIATOR)), "Those who help and sign nothing."),
        key("phases", May, List(&Kind::Object(&PHASE)), "Stages of implementation, in order."),
        key("steps", May, List(&Kind::Object(&STEP)), "Pieces of implementation."),
        key(
            "implementation",
            May,
            Kind::Object(&IMPLEMENTATION),
            "What holds for carrying out any deal, whatever its steps.",
        ),
        key("sources", May, List(&Kind::Object(&SOURCE)), "Where it can be read."),
        key("claims", May, List(&Kind::Object(&CLAIM)), "What is asserted, by whom, and where."),
    ],
};

const ALTERNATIVE: &str = "What no agreement is worth, in the units of the preferences; `none` for who accepts every deal, `.inf` for who accepts none; not known if left out.";
const WILL: &str = "Political cost of a yes, in the units of the preferences; the part below 0 counts as 0. `none` says that there is none; left out, 0 is assumed.";
const STRAIN: &str = "How much it is tempted to walk away during implementation, in the units of the preferences; it stays while it has at least as much to lose by that. The part below 0 counts as 0. `none` says that there is none; left out, 0 is assumed.";
const REACTION: &str =
    "What the others' answer would cost it if it walked away during implementation; 0 if left out.";
const WAITING: &str = "What is left, at the end of talks of full length, of the worth of a deal and of no deal: at the share t of that length both count discount^t times. Above 0, at most 1, and 1 if left out. Only simulated talks use it.";
const PREFERENCES: &str =
    "Per issue, what its options are worth; an issue left out is one it is indifferent to.";
const INTERACTIONS: &str = "Amounts added where a combination of options holds (also: hyper-rectangles).";
const TABLES: &str = "Amounts looked up by the options of several issues.";

pub(crate) static PARTY: Object = Object {
    name: "party",
    doc: "A side that signs. With `bodies`, each body has the fields of its own; without, the party is its own only body.",
    keys: &[
        key("id", Must, Id, "Short name, unique among parties and mediators."),
        key("name", May, Text, NAME),
        key("bodies", May, List(&Kind::Object(&BODY)), "Those whose yes matters inside the party."),
        key("ratifies", May, Rule, "Whose yes makes the party's yes; every body's if left out."),
        key("alternative", May, Alternative, ALTERNATIVE),
        key("will", May, StatedCost, WILL),
        key("strain", May, StatedCost, STRAIN),
        key("reaction", May, Number, REACTION),
        key("discount", May, Decimal, WAITING),
        key("preferences", May, Map(&Preference), PREFERENCES),
        key("interactions", May, List(&Kind::Object(&INTERACTION)), INTERACTIONS),
        key("tables", May, List(&Kind::Object(&TABLE)), TABLES),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static BODY: Object = Object {
    name: "body",
    doc: "Someone whose yes matters inside a party.",
    keys: &[
        key("id", Must, Id, "Short name, unique within the party."),
        key("name", May, Text, NAME),
        key("influence", May, Number, "Weight where one number per party is needed; 1 if left out."),
        key("alternative", May, Alternative, ALTERNATIVE),
        key("will", May, StatedCost, WILL),
        key("strain", May, StatedCost, STRAIN),
        key("reaction", May, Number, REACTION),
        key("discount", May, Decimal, WAITING),
        key("preferences", May, Map(&Preference), PREFERENCES),
        key("interactions", May, List(&Kind::Object(&INTERACTION)), INTERACTIONS),
        key("tables", May, List(&Kind::Object(&TABLE)), TABLES),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static INTERACTION: Object = Object {
    name: "interaction",
    doc: "An amount added to the deals where a condition holds (`when`) or fails (`unless`).",
    keys: &[
        key("when", May, Condition, "The deals it is added to."),
        key("unless", May, Condition, "The deals it is not added to."),
        key("adds", Must, Number, "The amount, in the body's units."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static TABLE: Object = Object {
    name: "table",
    doc: "An amount for each combination of options of some issues.",
    keys: &[
        key("over", Must, List(&Id), "The issues, in the order of the columns."),
        key("rows", Must, List(&Row), "One option per column, then the amount."),
        key("otherwise", May, Number, "The amount of every combination not listed."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static UNKNOWN: Object = Object {
    name: "unknown",
    doc: "Something nobody knows that decides several numbers at once. A number names it: `{cases: {unknown: {case: value}}}`.",
    keys: &[
        key("id", Must, Id, "Short name, unique among unknowns."),
        key("name", May, Text, NAME),
        key("cases", Must, List(&Kind::Object(&CASE)), "What can be the case; exactly one is true."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static CASE: Object = Object {
    name: "case",
    doc: "One of the cases of an unknown.",
    keys: &[
        key("id", Must, Id, "Short name, unique within the unknown."),
        key("name", May, Text, NAME),
        key("probability", Must, Number, "How likely it is, from 0 to 1; those of all cases sum to 1."),
        key("because", May, OneOrMore(&Id), "Ids of the claims the probability rests on."),
    ],
};

pub(crate) static ISSUE: Object = Object {
    name: "issue",
    doc: "A question on the table: named `options`, or a `range` of numbers.",
    keys: &[
        key("id", Must, Text, "Unique among issues; any text, but a short name reads better."),
        key("name", May, Text, NAME),
        key("options", May, Options, "The possible answers."),
        key(
            "ordered",
            May,
            Flag,
            "Whether the order of the options means something, so that `from` and `to` can be used.",
        ),
        key("range", May, Kind::Object(&RANGE), "Evenly spaced numbers as answers."),
        key("status_quo", May, Kind::Option, "The answer that holds today."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static NAMED_OPTION: Object = Object {
    name: "named_option",
    doc: "An option with a short id and a longer name.",
    keys: &[key("id", Must, Kind::Option, "Unique within the issue."), key("name", May, Text, NAME)],
};

pub(crate) static RANGE: Object = Object {
    name: "range",
    doc: "The numbers from `from` to `to` by steps of `by`.",
    keys: &[
        key("from", Must, Decimal, "The first number."),
        key("to", Must, Decimal, "The last number."),
        key("by", May, Decimal, "How far apart two options are; 1 if left out."),
        key("unit", May, Text, "What is counted, such as `EUR per 1000 m3`."),
    ],
};

pub(crate) static CONSTRAINT: Object = Object {
    name: "constraint",
    doc: "Something that cannot be: `forbid`, or `if` with `then`.",
    keys: &[
        key("forbid", May, Condition, "No deal may satisfy this."),
        key("if", May, Condition, "Where the constraint applies."),
        key("then", May, Condition, "What must hold there."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static MEDIATOR: Object = Object {
    name: "mediator",
    doc: "Someone who helps and signs nothing.",
    keys: &[
        key("id", Must, Id, "Short name, unique among parties and mediators."),
        key("name", May, Text, NAME),
        key("budget", May, Number, "What its levers may cost together; no limit if left out."),
        key("levers", May, List(&Kind::Object(&LEVER)), "What it can do."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static LEVER: Object = Object {
    name: "lever",
    doc: "Something a mediator can do, at a cost.",
    keys: &[
        key("id", Must, Id, "Short name, unique among all levers."),
        key("name", May, Text, NAME),
        key("cost", Must, Number, "What using it costs the mediator."),
        key("inducement", May, Amounts, "Value added, per `party.body`, in its units."),
        key("assurance", May, Amounts, "Political cost taken away, per `party.body`, in its units."),
        key("pressure", May, Amounts, "How far the alternative falls, per `party.body`, in its units."),
        key(
            "guarantee",
            May,
            Amounts,
            "How far walking away becomes dearer, per party, as a share of what the deal is worth to it.",
        ),
        key("when", May, Condition, "The deals it can be used for; all if left out."),
        key("excludes", May, OneOrMore(&Id), "Levers that cannot be used with it."),
        key("requires", May, OneOrMore(&Id), "Levers it cannot be used without."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static PHASE: Object = Object {
    name: "phase",
    doc: "A stage of implementation.",
    keys: &[
        key("id", Must, Id, "Short name, unique among phases."),
        key("name", May, Text, NAME),
        key(
            "after",
            May,
            Waits,
            "Its gate: what must be done before any step of it but these, bare or with a delay.",
        ),
    ],
};

pub(crate) static STEP: Object = Object {
    name: "step",
    doc: "A piece of implementation.",
    keys: &[
        key("id", Must, Id, "Short name, unique among steps."),
        key("name", May, Text, NAME),
        key("by", Must, Id, "The party or mediator that performs it."),
        key("phase", May, Id, "The phase it belongs to."),
        key("takes", May, Duration, "How long it takes."),
        key(
            "after",
            May,
            Waits,
            "Steps that must be done before it, bare or with a delay (`{meters: 2 weeks}`).",
        ),
        key("responds", May, Waits, "Steps that become due when it is done, bare or with the time allowed."),
        key("includes", May, OneOrMore(&Id), "Steps it brings into play."),
        key("excludes", May, OneOrMore(&Id), "Steps it takes out of play."),
        key("milestone", May, OneOrMore(&Id), "Steps that must not be due when it is done."),
        key("together", May, OneOrMore(&Id), "Steps done at the same moment."),
        key("deadline", May, Duration, "When it must be done, counted from the start."),
        key("delivers", May, Map(&Number), "Per issue, the share of the agreed change it delivers."),
        key("gives", May, Amounts, "Value it delivers beside that, per `party.body`, in its units."),
        key("kept", May, Number, "The share of its deliveries that stays after walking away; 1 if left out."),
        key(
            "noticed",
            May,
            Number,
            "The chance that others notice if it is not done as agreed; 1 if left out.",
        ),
        key("counts", May, Map(&Kind::Object(&CONSEQUENCE)), "What it changes for people, counted."),
        key("divisible", May, Flag, "Whether it can be carried out in equal parts; not if left out."),
        key("only_if", May, Condition, "The deals it belongs to; all if left out."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static CONSEQUENCE: Object = Object {
    name: "consequence",
    doc: "A counted consequence: a number, or a mapping that says how often.",
    keys: &[
        key("value", Must, Number, "How much."),
        key(
            "per",
            May,
            Text,
            "`hour`, `day`, `week`, `month` or `year`: counted in each from then on; once if left out.",
        ),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static IMPLEMENTATION: Object = Object {
    name: "implementation",
    doc: "What holds for carrying out any deal, whatever its steps.",
    keys: &[
        key(
            "horizon",
            May,
            Duration,
            "Up to when consequences are counted, from the start; 365.25 days if left out, or to the end of the plan if that is later.",
        ),
        key(
            "shocks",
            May,
            Kind::Object(&SHOCKS),
            "How likely something from outside ends the plan; never if left out.",
        ),
        key(
            "discount",
            May,
            Kind::Object(&DISCOUNT),
            "How much less counts what comes later; all counts alike if left out.",
        ),
        key(
            "correlation",
            May,
            Kind::Correlation,
            "How closely strains go together: one number from 0 to 1 for every two bodies, or a loading from -1 to 1 per `party.body`; 0 if left out.",
        ),
    ],
};

const PER: &str = "`hour`, `day`, `week`, `month` or `year`.";

pub(crate) static SHOCKS: Object = Object {
    name: "shock_rate",
    doc: "The chance that something from outside ends the plan within a unit of time.",
    keys: &[key("chance", Must, Number, "From 0 to below 1."), key("per", Must, Text, PER)],
};

pub(crate) static DISCOUNT: Object = Object {
    name: "discount_rate",
    doc: "How much less a consequence counts when it comes a unit of time later: a rate of 0.1 makes it 1/1.1.",
    keys: &[key("rate", Must, Number, "0 or more."), key("per", Must, Text, PER)],
};

pub(crate) static SOURCE: Object = Object {
    name: "source",
    doc: "Where it can be read.",
    keys: &[
        key("id", Must, Id, "Short name, unique among sources."),
        key("title", Must, Text, "Its title."),
        key("kind", May, Text, "What it is: a press report, a transcript, a paper."),
        key("date", May, Date, "When it appeared."),
        key("url", May, Text, "Where to find it."),
    ],
};

pub(crate) static CLAIM: Object = Object {
    name: "claim",
    doc: "What is asserted, by whom, and where in which source.",
    keys: &[
        key("id", Must, Id, "Short name, unique among claims."),
        key("source", Must, Id, "The source that holds it."),
        key("at", May, Text, "The place in the source."),
        key("who", May, Text, "Who asserts it."),
        key("says", Must, Text, "What is asserted."),
    ],
};

pub(crate) static PREFERENCE: Object = Object {
    name: "preference_fields",
    doc: "What the options of one issue are worth: one of `values`, `linear`, `triangular`; or the values alone, by option or as a list.",
    keys: &[
        key("weight", May, Number, "Factor on the value, in the body's units; 1 if left out."),
        key("values", May, Map(&Number), "The value of each option."),
        key("linear", May, Map(&Number), "Points `number: value`, joined by straight lines; for ranges."),
        key(
            "triangular",
            May,
            Kind::Object(&TRIANGLE),
            "1 at the peak, falling to 0 on both sides; for ranges.",
        ),
        key(
            "because",
            May,
            OneOrMore(&Id),
            "Ids of the claims that every number here without claims of its own rests on.",
        ),
    ],
};

pub(crate) static TRIANGLE: Object = Object {
    name: "triangle",
    doc: "A value that rises from 0 to 1 and falls to 0 again.",
    keys: &[
        key("low", Must, Number, "Where it starts to rise."),
        key("peak", Must, Number, "Where it is 1."),
        key("high", Must, Number, "Where it is 0 again."),
    ],
};

pub(crate) static CITED: Object = Object {
    name: "cited_number",
    doc: "A number with the claims it rests on.",
    keys: &[
        key("value", Must, Number, "The number or distribution."),
        key("because", May, OneOrMore(&Id), BECAUSE),
    ],
};

pub(crate) static UNIFORM: Object = Object {
    name: "uniform",
    doc: "Equally likely everywhere between two values; also `[from, to]`.",
    keys: &[key("from", Must, Number, "Lowest value."), key("to", Must, Number, "Highest value.")],
};

pub(crate) static TRIANGULAR: Object = Object {
    name: "triangular",
    doc: "Rising from `from` to its peak at `mode`, falling to `to`; also `[from, mode, to]`.",
    keys: &[
        key("from", Must, Number, "Lowest value."),
        key("mode", Must, Number, "Most likely value."),
        key("to", Must, Number, "Highest value."),
    ],
};

pub(crate) static NORMAL: Object = Object {
    name: "normal",
    doc: "The bell curve; also `[mean, sd]`.",
    keys: &[key("mean", Must, Number, "Mean."), key("sd", Must, Number, "Standard deviation.")],
};

pub(crate) static TRUNCATED_NORMAL: Object = Object {
    name: "truncated_normal",
    doc: "The bell curve, cut to the part between two values; also `[mean, sd, from, to]`.",
    keys: &[
        key("mean", Must, Number, "Mean before the cut."),
        key("sd", Must, Number, "Standard deviation before the cut."),
        key("from", Must, Number, "Lowest value."),
        key("to", Must, Number, "Highest value."),
    ],
};

pub(crate) static PERT: Object = Object {
    name: "pert",
    doc: "A rounded hill from `from` over its top at `mode` to `to`, with little near the ends; also `[from, mode, to]`.",
    keys: &[
        key("from", Must, Number, "Lowest value."),
        key("mode", Must, Number, "Most likely value."),
        key("to", Must, Number, "Highest value."),
    ],
};

pub(crate) static BETA: Object = Object {
    name: "beta",
    doc: "Beta(alpha, beta), stretched from `from` to `to`; 0 to 1 if these are left out.",
    keys: &[
        key("alpha", Must, Number, "First shape, above 0."),
        key("beta", Must, Number, "Second shape, above 0."),
        key("from", May, Number, "Lowest value."),
        key("to", May, Number, "Highest value."),
    ],
};

pub(crate) static QUOTA: Object = Object {
    name: "quota_rule",
    doc: "The weights of those who say yes reach a quota.",
    keys: &[
        key("quota", Must, Number, "The sum that carries."),
        key("weights", May, Map(&Number), "The weight of each member, by id."),
        key("of", May, List(&Kind::Object(&WEIGHED)), "Rules with a weight each."),
    ],
};

pub(crate) static WEIGHED: Object = Object {
    name: "weighed_rule",
    doc: "A rule with its weight in a quota.",
    keys: &[key("rule", Must, Rule, "The rule."), key("weight", Must, Number, "Its weight.")],
};

pub(crate) static AT_LEAST: Object = Object {
    name: "at_least_rule",
    doc: "At least so many of these say yes.",
    keys: &[key("at_least", Must, Count, "How many."), key("of", Must, List(&Rule), "Of whom.")],
};

/// Every mapping that the schema defines.
pub(crate) static OBJECTS: &[&Object] = &[
    &PARTY,
    &BODY,
    &INTERACTION,
    &TABLE,
    &UNKNOWN,
    &CASE,
    &ISSUE,
    &NAMED_OPTION,
    &RANGE,
    &CONSTRAINT,
    &MEDIATOR,
    &LEVER,
    &PHASE,
    &STEP,
    &CONSEQUENCE,
    &IMPLEMENTATION,
    &SHOCKS,
    &DISCOUNT,
    &SOURCE,
    &CLAIM,
    &TRIANGLE,
    &CITED,
    &UNIFORM,
    &TRIANGULAR,
    &NORMAL,
    &TRUNCATED_NORMAL,
    &PERT,
    &BETA,
    &QUOTA,
    &WEIGHED,
    &AT_LEAST,
];
