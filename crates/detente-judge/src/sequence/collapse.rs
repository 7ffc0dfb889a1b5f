//! Judge of what happens if a plan breaks: every combination of strains, of failures noticed or not, and of
//! shocks. For a few bodies and points.

use super::checks::{Checked, checks};
use super::counts::{Amounts, Clock, CountBounds, Counted, Ending};
use super::course::Course;
use super::strain::Strain;
use super::{Aid, Case, follow};
use detente_model::{BodyId, Correlation, Outcome, StepId, Talks, normal_at_most, normal_quantile};

/// How a plan fares.
pub struct Collapse<'t> {
    case: Case<'t>,
    course: Course,
    clock: Clock,
    endings: Vec<Ending>,
    /// P(completed).
    pub completed: f64,
    /// What can end it at each point before the end, or between it and the next.
    pub breaks: Vec<Broken>,
    /// Whether those who perform steps do what they should.
    pub checks: Vec<Checked>,
}

/// What can end a plan at a point, or between it and the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Some party does not go on.
    pub walks: f64,
    /// Per party: it does not go on, and the plan ends here.
    pub by_party: Vec<f64>,
    /// Per body: it does not stay, and its party does not go on.
    pub by_body: Vec<f64>,
    /// A step that should come next fails, and this is noticed.
    pub fails: f64,
    /// A shock comes before the next point.
    pub shocks: f64,
}

/// Follows an order through every combination.
///
/// # Errors
/// Why the order is not possible.
pub fn collapse<'t>(
    talks: &'t Talks,
    deal: &Outcome,
    order: &[Vec<StepId>],
    aid: &Aid,
) -> Result<Collapse<'t>, String> {
    follow(talks, deal, order, aid)?;
    Ok(Collapse::new(Case::new(talks, deal, aid), order))
}

/// How many combinations of strains there are.
///
/// # Errors
/// Why the order is not possible.
pub fn combinations(talks: &Talks, deal: &Outcome, order: &[Vec<StepId>], aid: &Aid) -> Result<f64, String> {
    follow(talks, deal, order, aid)?;
    let case = Case::new(talks, deal, aid);
    let ladders = ladders(&case, &Course::new(&case, order));
    Ok(ladders.iter().map(|ladder| ladder.possible().len() as f64).product())
}

impl<'t> Collapse<'t> {
    pub(super) fn new(case: Case<'t>, order: &[Vec<StepId>]) -> Collapse<'t> {
        let course = Course::new(&case, order);
        let clock = Clock::new(case.talks, case.plan.own(), &course.days);
        let checks = checks(&case, &course);
        let walks = Walks::new(&case, &course);
        let noticed = noticed(&course, &checks);
        let endings = endings(&course, &walks, &noticed);
        let last = &endings[endings.len() - 1];
        let completed = last.chance * clock.survives(last.day);
        let breaks = (0..course.n()).map(|k| broken(&clock, k, &walks, &noticed, &endings)).collect();
        Collapse { case, course, clock, endings, completed, breaks, checks }
    }

    /// The earliest day of the start and of each point.
    pub fn days(&self) -> &[f64] {
        &self.clock.days
    }

    /// Up to when something is counted, in days.
    pub fn horizon(&self) -> f64 {
        self.clock.horizon
    }

    /// What the steps of the plan count, in the order of the file.
    pub fn things(&self) -> Vec<&'t str> {
        let mut own: Vec<StepId> = self.course.order.concat();
        own.sort();
        let mut things: Vec<&str> = Vec::new();
        for count in own.iter().flat_map(|s| &self.case.talks.steps[s.0].counts) {
            if !things.contains(&count.what.as_str()) {
                things.push(&count.what);
            }
        }
        things
    }

    /// How much of something is counted.
    pub fn amounts(&self, counted: Counted<'_>) -> Amounts {
        self.tally(counted).amounts(&self.endings)
    }

    /// P(no more than this of something is counted).
    pub fn at_most(&self, counted: Counted<'_>, most: f64) -> f64 {
        self.tally(counted).at_most(&self.endings, most)
    }

    /// The mean of all that is counted of something.
    pub(super) fn expected(&self, what: &str) -> f64 {
        self.tally(Counted::all(what)).expected(&self.endings)
    }

    /// The least that can be counted of something; and of what is not next to impossible.
    pub(super) fn certain(&self, what: &str) -> [f64; 2] {
        let tally = self.tally(Counted::all(what));
        let least = |counts: &dyn Fn(&Ending) -> bool| tally.least(&self.endings, counts);
        [least(&|ending| ending.possible), least(&|ending| ending.chance > NEXT_TO_NOTHING)]
    }

    fn tally(&self, counted: Counted<'_>) -> CountBounds<'_> {
        CountBounds::new(&self.case, &self.course, &self.checks, &self.clock, counted)
    }
}

/// What is as likely as this at most may be held to be impossible.
pub(super) const NEXT_TO_NOTHING: f64 = 1e-12;

/// The strain of a body matters only through the points at which it stays: these are the slacks that tell
/// strains apart.
struct Ladder {
    /// Every slack before the end, upwards, each once.
    rungs: Vec<f64>,
    strain: Strain,
    /// P(strain <= slack), rung by rung.
    at_most: Vec<f64>,
}

impl Ladder {
    /// The interval below a rung lies above the one before; the last is above all rungs.
    fn interval(&self, k: usize) -> (f64, f64) {
        let above = if k == 0 { f64::NEG_INFINITY } else { self.rungs[k - 1] };
        (above, self.rungs.get(k).copied().unwrap_or(f64::INFINITY))
    }

    /// The intervals in which the strain can lie.
    fn possible(&self) -> Vec<usize> {
        let can_lie = |k: &usize| {
            let (above, at_most) = self.interval(*k);
            self.strain.can_lie(above, at_most)
        };
        (0..=self.rungs.len()).filter(can_lie).collect()
    }

    /// Whether it stays at a slack if its strain lies in an interval.
    fn stays(&self, k: usize, slack: f64) -> bool {
        self.rungs.get(k).is_some_and(|rung| *rung <= slack)
    }

    /// The probability of each interval, given those of not exceeding each rung.
    fn chances(at_most: &[f64]) -> Vec<f64> {
        let edges: Vec<f64> = [0.0].into_iter().chain(at_most.iter().copied()).chain([1.0]).collect();
        edges.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0)).collect()
    }
}

fn ladders(case: &Case<'_>, course: &Course) -> Vec<Ladder> {
    let ladder = |b: usize| {
        let mut rungs: Vec<f64> = course.slacks.iter().map(|slacks| slacks[b]).collect();
        rungs.sort_by(f64::total_cmp);
        rungs.dedup();
        let strain = Strain::of(&case.talks.bodies[b], case.ledger.grid(b));
        let at_most = rungs.iter().map(|slack| strain.at_most(*slack)).collect();
        Ladder { rungs, strain, at_most }
    };
    (0..case.talks.bodies.len()).map(ladder).collect()
}

/// Where some party does not go on first, if nothing else ends the plan.
struct Walks {
    /// Per point before the end, and last that everybody goes on at all of them.
    at: Vec<f64>,
    possible: Vec<bool>,
    by_party: Vec<Vec<f64>>,
    by_body: Vec<Vec<f64>>,
}

impl Walks {
    /// Walks the plan with every combination of strains.
    fn new(case: &Case<'_>, course: &Course) -> Walks {
        let (n, talks) = (course.n(), case.talks);
        let mut walks = Walks {
            at: vec![0.0; n + 1],
            possible: vec![false; n + 1],
            by_party: vec![vec![0.0; talks.parties.len()]; n],
            by_body: vec![vec![0.0; talks.bodies.len()]; n],
        };
        let ladders = ladders(case, course);
        let moods = moods(talks.implementation.correlation.as_ref(), &ladders);
        let intervals: Vec<Vec<usize>> = ladders.iter().map(Ladder::possible).collect();
        for combination in product(&intervals) {
            let given = |chances: &Vec<Vec<f64>>| -> f64 {
                combination.iter().zip(chances).map(|(k, chances)| chances[*k]).product()
            };
            let chance = moods.iter().map(|(weight, chances)| weight * given(chances)).sum();
            walks.add(case, course, &|b, k| ladders[b].stays(combination[b], course.slacks[k][b]), chance);
        }
        walks
    }

    /// Walks the plan if a body stays at a point as said.
    fn add(&mut self, case: &Case<'_>, course: &Course, stays: &dyn Fn(usize, usize) -> bool, chance: f64) {
        let (k, leavers) = walk(case.talks, course.n(), stays);
        self.at[k] += chance;
        self.possible[k] = true;
        for p in leavers {
            self.by_party[k][p] += chance;
            for body in case.talks.parties[p].bodies.iter().filter(|body| !stays(body.0, k)) {
                self.by_body[k][body.0] += chance;
            }
        }
    }
}

/// The first point at which some party does not go on, or the end, and which parties do not.
pub(super) fn walk(talks: &Talks, n: usize, stays: &dyn Fn(usize, usize) -> bool) -> (usize, Vec<usize>) {
    for k in 0..n {
        let goes_on = |p: usize| talks.parties[p].ratifies.holds(&|body: &BodyId| stays(body.0, k));
        let leavers: Vec<usize> = (0..talks.parties.len()).filter(|p| !goes_on(*p)).collect();
        if !leavers.is_empty() {
            return (k, leavers);
        }
    }
    (n, vec![])
}

/// Every choice of one from each.
fn product(sets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    sets.iter().fold(vec![vec![]], |all, set| {
        let with = |chosen: &Vec<usize>| {
            let chosen = chosen.clone();
            set.iter().map(move |k| chosen.iter().copied().chain([*k]).collect()).collect::<Vec<Vec<usize>>>()
        };
        all.iter().flat_map(with).collect()
    })
}

/// The weight of each mood, and for each body the probability of each interval in it.
type CommonFactor = Vec<(f64, Vec<Vec<f64>>)>;

/// One mood where strains are independent; else so many that are evenly spaced that it makes no difference.
/// A loading near 1 would ask for more.
fn moods(correlation: Option<&Correlation>, ladders: &[Ladder]) -> CommonFactor {
    let Some(correlation) = correlation else {
        return vec![(1.0, ladders.iter().map(|ladder| Ladder::chances(&ladder.at_most)).collect())];
    };
    let places: Vec<f64> = (-200..=200).map(|k| f64::from(k) * 0.045).collect();
    let weight = |mood: f64| (-mood * mood / 2.0).exp();
    let total: f64 = places.iter().map(|mood| weight(*mood)).sum();
    let in_mood = |(b, ladder): (usize, &Ladder), mood: f64| {
        let a = correlation.loading(BodyId(b));
        assert!(a.abs() <= 0.95, "a loading that leaves room between moods");
        let given = |p: f64| {
            if p == 0.0 || p == 1.0 {
                return p;
            }
            normal_at_most((normal_quantile(p) - a * mood) / (1.0 - a * a).sqrt())
        };
        Ladder::chances(&ladder.at_most.iter().map(|p| given(*p)).collect::<Vec<_>>())
    };
    let of = |mood: &f64| {
        let chances = ladders.iter().enumerate().map(|ladder| in_mood(ladder, *mood)).collect();
        (weight(*mood) / total, chances)
    };
    places.iter().map(of).collect()
}

/// Per point before the end: that the first failure which is noticed is of a step that should come next;
/// and last that there is none. Every pattern of what is noticed is tried.
fn noticed(course: &Course, checks: &[Checked]) -> Vec<f64> {
    let failed: Vec<&Checked> = checks.iter().filter(|check| !check.complies).collect();
    let mut first = vec![0.0; course.n() + 1];
    for pattern in 0..1u32 << failed.len() {
        let (mut chance, mut at) = (1.0, course.n());
        for (k, check) in failed.iter().enumerate() {
            let is_noticed = pattern >> k & 1 == 1;
            chance *= if is_noticed { check.noticed } else { 1.0 - check.noticed };
            at = if is_noticed { at.min(check.before) } else { at };
        }
        first[at] += chance;
    }
    first
}

/// How a plan ends, shocks left aside: by point where somebody walks away, by point where a failure is
/// noticed, and last completed. A failure is noticed on the day of the next point, when the step should have
/// been done; who would walk away before that does so first.
fn endings(course: &Course, walks: &Walks, noticed: &[f64]) -> Vec<Ending> {
    let n = course.n();
    let ending =
        |k: usize, day: f64, chance: f64, possible: bool| Ending { reached: k, day, chance, possible };
    let mut walked: Vec<Ending> = (0..n).map(|k| ending(k, course.days[k], 0.0, false)).collect();
    let mut failed: Vec<Ending> = (0..n).map(|k| ending(k, course.days[k + 1], 0.0, false)).collect();
    let mut completed = vec![ending(n, f64::INFINITY, 0.0, false)];
    for (k, walks_here) in walks.at.iter().enumerate() {
        for (f, chance) in noticed.iter().enumerate() {
            let end = if k == n && f == n {
                &mut completed[0]
            } else if k <= f {
                &mut walked[k]
            } else {
                &mut failed[f]
            };
            end.chance += walks_here * chance;
            end.possible |= walks.possible[k] && *chance > 0.0;
        }
    }
    [walked, failed, completed].concat()
}

/// What can end a plan at a point: here somebody walks away; then a shock may come until the day of the next,
/// and on that day a failure is noticed.
fn broken(clock: &Clock, k: usize, walks: &Walks, noticed: &[f64], endings: &[Ending]) -> Broken {
    let (here, next) = (clock.survives(clock.days[k]), clock.survives(clock.days[k + 1]));
    let unnoticed: f64 = noticed[k..].iter().sum::<f64>() * here;
    let scaled = |all: &[f64]| all.iter().map(|chance| chance * unnoticed).collect();
    let n = clock.days.len() - 1;
    let (walked, failed) = (&endings[k], &endings[n + k]);
    let later: f64 =
        endings.iter().filter(|ending| ending.day > clock.days[k]).map(|ending| ending.chance).sum();
    Broken {
        walks: walked.chance * here,
        by_party: scaled(&walks.by_party[k]),
        by_body: scaled(&walks.by_body[k]),
        fails: failed.chance * next,
        shocks: later * (here - next),
    }
}

impl<'a> Counted<'a> {
    /// All of it, by the horizon.
    pub fn all(what: &'a str) -> Counted<'a> {
        Counted { what, phase: None, day: f64::INFINITY }
    }
}
