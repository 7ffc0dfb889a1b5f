//! Efficient outcomes of spaces in which boxes tie so many issues together that their combinations cannot be counted
//! through: hyper-rectangles, and interactions of any other kind.
//!
//! What nothing found so far covers is divided into zones, each above a corner in all parties' numbers. In each zone the
//! best outcome in some direction is looked for by branch and bound; it is efficient, and divides the zone
//! anew (Klamroth, Lacour and Vanderpooten 2015). When no zone is left the frontier is complete. Budgets are nodes, so
//! that the answer does not depend on the machine.

mod aim;
mod annealing;
mod archive;
mod branch_and_bound;
mod lp_dual;
mod model;
mod sdp_bound;

use crate::front::Front;
use crate::ticker::Watch;
use aim::Room;
pub(crate) use aim::{Gains, RULES, Rule};
use annealing::{Annealing, Around, Dice};
use archive::Archive;
use branch_and_bound::{Answer, Question, ScoredOutcome};
use detente_model::{BodyId, Talks};
pub(crate) use model::{Model, Sense};
use sdp_bound::Spectrum;
use std::collections::BTreeMap;
use std::ops::ControlFlow::{self, Continue};

/// No party asks for anything.
const ANY: i64 = i64::MIN / 2;
/// Largest sum of widths times directions: far inside an `i64`, also in the directions of [`dive`] that count one party
/// more. The widths themselves leave room for directions that are rounded up to 1.
const ROOM: i64 = 1 << 58;
const MOST_WIDTH: i64 = 1 << 57;
/// Nodes between two looks at the watcher.
pub(crate) const PATIENCE: u64 = 64;
/// Work for the reach of one body: a box that is looked at counts once.
const REACH: u64 = 500_000;
/// How many times longer a search is that was ended early before.
const AGAIN: u64 = 8;

/// How much work to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Nodes for the best outcome of each party.
    pub(crate) best: u64,
    /// Changes that are tried to find outcomes to begin with.
    pub(crate) tries: u64,
    /// Nodes for the best by each rule.
    pub(crate) fair: u64,
    /// Nodes for all zones together, and for one.
    pub(crate) all: u64,
    pub(crate) zone: u64,
}

impl Effort {
    /// Most nodes in all.
    pub(crate) fn total(self, n_parties: usize) -> f64 {
        (self.best * n_parties as u64 + self.fair * RULES.len() as u64 + self.all) as f64
    }
}

/// What is known of a space.
#[derive(Debug)]
pub(crate) struct Surveyed {
    /// Per party, its best outcome.
    pub(crate) best: Vec<Peak>,
    /// The best by each of [`RULES`], where gains were told.
    pub(crate) fair: Vec<Fair>,
    /// Outcomes of which none that was met is better for all, by the first party downwards.
    pub(crate) points: Vec<Point>,
    /// Corners above which an efficient outcome that is not among `points` may lie.
    pub(crate) open: Vec<Vec<i64>>,
    pub(crate) nodes: u64,
}

/// The best for one party.
#[derive(Debug)]
pub(crate) struct Peak {
    pub(crate) chosen: Option<Vec<usize>>,
    pub(crate) steps: i64,
    /// No outcome has more.
    pub(crate) at_most: i64,
}

/// The best by a rule among outcomes that leave nobody with a loss.
#[derive(Debug)]
pub(crate) struct Fair {
    pub(crate) rule: Rule,
    /// The best that was met, and what it is worth.
    pub(crate) found: Option<(Vec<usize>, f64)>,
    /// No outcome is worth more; nothing where all leave somebody with a loss.
    pub(crate) at_most: Option<f64>,
}

/// An outcome with the parties' steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) chosen: Vec<usize>,
    pub(crate) steps: Vec<i64>,
    /// Whether it is proven that none is better for all.
    pub(crate) efficient: bool,
}

/// All that has more than the corner, of everything.
#[derive(Clone, Debug)]
struct Zone {
    corner: Vec<i64>,
    /// The point that set each part of the corner.
    by: Vec<Option<usize>>,
    /// By rule: a direction, and what nothing inside that is better than the best that was met exceeds in it.
    cuts: [Option<(Vec<i64>, i64)>; RULES.len()],
    /// By rule, whether nothing inside is better than what was met, and how often a search for it was ended early.
    settled: [bool; RULES.len()],
    tried: [u32; RULES.len()],
    /// How often a search for anything in it was ended early.
    ended: u32,
}

/// A body's lowest or highest number in steps of its grid, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// The furthest that was found; absent if nothing feasible was.
    pub(crate) found: Option<i64>,
    /// Nothing is beyond this: the same, if that is proven. Of no feasible outcome at all, nothing in particular.
    pub(crate) within: i64,
}

/// How far a body's numbers reach, by branch and bound; nothing if its preferences are made of too many boxes.
pub(crate) fn reach(
    talks: &Talks,
    body: BodyId,
    sense: Sense,
    watch: Watch<'_>,
) -> ControlFlow<(), Option<Reach>> {
    let Some(model) = Model::of(talks, &[body], sense) else { return ControlFlow::Continue(None) };
    let mut survey = Survey::new(&model);
    let nodes = model.nodes(REACH);
    let answer = survey.ask_closely(vec![1], &[ANY], nodes, &mut || watch(0.0))?;
    let in_grid = |steps: i64| sense.sign * model.in_grid(0, steps);
    let within = if answer.at_most == i64::MIN { 0 } else { answer.at_most };
    let found = answer.best.map(|best| in_grid(best.score));
    ControlFlow::Continue(Some(Reach { found, within: in_grid(within) }))
}

impl Model {
    /// How many nodes so much work is: every box is looked at in each, and takes longer the more options its clauses
    /// choose from.
    pub(crate) fn nodes(&self, work: u64) -> u64 {
        /// Options that are looked at for a box before it counts more than once.
        const OPTIONS: usize = 256;
        let options = |own: &model::Boxed| -> usize {
            own.clauses.iter().map(|(issue, _)| self.issues[*issue].len()).sum()
        };
        let looked_at: usize = self.boxes.iter().map(options).sum();
        work / (self.boxes.len() + self.issues.len()).max(looked_at / OPTIONS).max(1) as u64 + 1
    }

    /// How many changes so much work is, where each looks at every box about its issue.
    pub(crate) fn changes(&self, work: u64) -> u64 {
        let looked_at: usize = self.by_issue.iter().map(Vec::len).sum();
        work / (looked_at / self.issues.len().max(1)).max(1) as u64 + 1
    }

    /// Looks for the best of each party and for all efficient outcomes.
    pub(crate) fn survey(
        &self,
        effort: Effort,
        gains: Option<&Gains>,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Surveyed> {
        let mut survey = Survey::new(self);
        let widths = survey.widths.clone();
        let dice = &mut Dice::new(1);
        let mut best = Vec::new();
        for party in 0..self.d {
            let direction: Vec<i64> = (0..self.d).map(|p| i64::from(p == party)).collect();
            let any = vec![ANY; self.d];
            let mut answer = survey.ask_closely(direction.clone(), &any, effort.best / 8, watch)?;
            if !answer.proven {
                let alone = direction.iter().map(|w| *w as f64).collect::<Vec<f64>>();
                survey.anneal(effort.tries / (2 * self.d as u64), &|_| alone.clone(), dice, watch)?;
                answer = survey.ask_closely(direction, &any, effort.best - effort.best / 8, watch)?;
            }
            survey.ideal.push(answer.at_most);
            let peak = |found: Option<ScoredOutcome>| Peak {
                steps: found.as_ref().map_or(i64::MIN, |found| found.score),
                chosen: found.map(|found| found.chosen),
                at_most: answer.at_most,
            };
            best.push(peak(answer.best.clone()));
        }
        survey.zones(effort.all / 8, effort.zone, watch)?;
        if !survey.zones.is_empty() && effort.all + effort.fair > 0 {
            // What is hard to prove is hard to find.
            survey.anneal(effort.tries / 4, &|run| weights(&widths, run), dice, watch)?;
            survey.look_around(effort.tries / 8, watch)?;
        }
        let mut fair = Vec::new();
        for rule in gains.iter().flat_map(|_| RULES) {
            let Some(gains) = gains else { continue };
            fair.push(survey.fair(rule, gains, effort, watch)?);
        }
        survey.zones(effort.all - effort.all / 8, effort.zone, watch)?;
        if !survey.zones.is_empty() {
            survey.look_around(effort.tries / 8, watch)?;
        }
        let open = survey.zones.iter().map(|zone| zone.corner.clone()).collect();
        Continue(Surveyed { best, fair, points: survey.finish(), open, nodes: survey.nodes })
    }
}

/// What a step of each party counts in a run: directions that are spread evenly.
fn weights(widths: &[i64], run: u64) -> Vec<f64> {
    // Multiples of powers of a root that is as far from fractions as can be (the golden ratio for two).
    let d = widths.len() as i32;
    let root = (0..32).fold(2.0f64, |root, _| libm::pow(1.0 + root, 1.0 / f64::from(d)));
    let share = |p: i32| ((run + 1) as f64 / libm::pow(root, f64::from(p + 1)) + 0.5).fract();
    let shares: Vec<f64> = (0..d - 1).map(share).collect();
    // Uniform among all shares that sum to 1.
    let mut cuts = shares;
    cuts.sort_by(f64::total_cmp);
    cuts.insert(0, 0.0);
    cuts.push(1.0);
    cuts.windows(2).zip(widths).map(|(pair, width)| (pair[1] - pair[0]) / *width as f64).collect()
}

struct Survey<'m> {
    model: &'m Model,
    widths: Vec<i64>,
    archive: Archive,
    points: Vec<Point>,
    /// More than which no party can have.
    ideal: Vec<i64>,
    /// Where efficient outcomes may lie that were not met.
    zones: Vec<Zone>,
    nodes: u64,
}

impl<'m> Survey<'m> {
    fn new(model: &'m Model) -> Survey<'m> {
        Survey {
            model,
            widths: model.widths(),
            archive: Archive::new(model.d),
            points: Vec::new(),
            ideal: Vec::new(),
            zones: vec![Zone {
                corner: vec![ANY; model.d],
                by: vec![None; model.d],
                cuts: Default::default(),
                settled: [false; RULES.len()],
                tried: [0; RULES.len()],
                ended: 0,
            }],
            nodes: 0,
        }
    }
}

impl Survey<'_> {
    /// Meets outcomes by annealing.
    fn anneal(
        &mut self,
        tries: u64,
        weights: &dyn Fn(u64) -> Vec<f64>,
        dice: &mut Dice,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let known = self.archive.best(&vec![1; self.model.d], &vec![ANY; self.model.d]);
        let start = known.as_ref().map(|known| &known.chosen[..]);
        let annealing = Annealing { model: self.model, tries, weights, start };
        let archive = &mut self.archive;
        annealing.run(dice, &mut |chosen, value| archive.add(chosen, value), watch)
    }

    /// Looks around every outcome that no other covers, until nothing new comes up or so many were tried.
    fn look_around(&mut self, mut tries: u64, watch: &mut dyn FnMut() -> ControlFlow<()>) -> ControlFlow<()> {
        let mut around = Around::new(self.model);
        loop {
            self.archive.filter();
            let new: Vec<(Vec<i64>, Vec<usize>)> = self.archive.unseen();
            if new.is_empty() {
                return Continue(());
            }
            for (steps, chosen) in new {
                if tries == 0 {
                    return Continue(());
                }
                watch()?;
                let archive = &mut self.archive;
                let tried = around.each(&chosen, &mut |chosen, value| archive.add(chosen, value));
                tries = tries.saturating_sub(tried.max(1));
                self.archive.seen.insert(steps);
            }
        }
    }

    fn ask(
        &mut self,
        direction: Vec<i64>,
        least: &[i64],
        nodes: u64,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Answer> {
        let known = self.archive.best(&direction, least);
        let question = Question { model: self.model, direction, least, nodes };
        let archive = &mut self.archive;
        let answer = question.answer(known, &mut |chosen, value| archive.add(chosen, value), watch)?;
        self.nodes += answer.nodes;
        Continue(answer)
    }

    /// The same, with a closer look at what is left open.
    fn ask_closely(
        &mut self,
        direction: Vec<i64>,
        least: &[i64],
        nodes: u64,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Answer> {
        let mut answer = self.ask(direction.clone(), least, nodes, watch)?;
        let spectrum = if answer.proven { None } else { Spectrum::new(self.model, &direction) };
        if let Some(spectrum) = spectrum {
            let found = answer.best.as_ref().map_or(i64::MIN, |best| best.score);
            answer.at_most = answer.at_most.min(spectrum.bound()).max(found);
            answer.proven = answer.at_most == found;
        }
        Continue(answer)
    }

    /// Looks for the best by a rule, first where it could be best of all, until nothing better is left.
    fn fair(
        &mut self,
        rule: Rule,
        gains: &Gains,
        effort: Effort,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Fair> {
        let r = rule as usize;
        let mut left = effort.fair;
        loop {
            let found = self.archive.best_by(|steps| rule.worth(&gains.of(steps)));
            let worth = found.as_ref().map(|(_, worth)| *worth);
            let told = |found: Option<(&Vec<usize>, f64)>, at_most: Option<f64>| Fair {
                rule,
                found: found.map(|(chosen, worth)| (chosen.clone(), worth)),
                // A product beyond what a number holds tells nothing.
                at_most: at_most.map(|most| if rule.is_told(most) { most } else { f64::INFINITY }),
            };
            // Where the best could be, by how good it could be.
            let mut top: Option<(usize, f64, Room, Vec<f64>)> = None;
            for (k, zone) in self.zones.iter().enumerate().filter(|(_, zone)| !zone.settled[r]) {
                let Some((bound, room, best)) = self.bound(zone, r, rule, gains) else { continue };
                let better = worth.is_none_or(|worth| bound > worth * (1.0 + 1e-9));
                if better && top.as_ref().is_none_or(|(_, most, ..)| bound > *most) {
                    top = Some((k, bound, room, best));
                }
            }
            let Some((k, bound, room, best)) = top else { return Continue(told(found, worth)) };
            if left == 0 {
                return Continue(told(found, Some(bound)));
            }
            let needs = rule.needs(worth.unwrap_or(0.0), &room);
            // What everybody has in any case is not asked for.
            let needed =
                |p: usize| Some(gains.steps(p, needs[p])).filter(|n| *n > -self.widths[p]).unwrap_or(ANY);
            let corner = |p: usize| self.zones[k].corner[p];
            let own = |p: usize| if corner(p) == ANY { ANY } else { corner(p) + 1 };
            let least: Vec<i64> = (0..self.model.d).map(|p| own(p).max(needed(p))).collect();
            let rises = rule.rises(&best).into_iter().zip(&gains.unit).map(|(w, unit)| w * unit);
            let direction = self.whole(rises.collect());
            let nodes = (effort.fair / 64)
                .max(effort.zone)
                .saturating_mul(AGAIN.saturating_pow(self.zones[k].tried[r]))
                .min(left);
            let answer = self.ask_closely(direction.clone(), &least, nodes, watch)?;
            left -= answer.nodes.clamp(1, left);
            let zone = &mut self.zones[k];
            zone.cuts[r] = Some((direction, answer.at_most));
            match answer.best {
                Some(found) => {
                    let (chosen, steps) = (found.chosen, found.value);
                    self.points.push(Point { chosen, steps, efficient: answer.proven });
                    self.divide();
                }
                None if answer.proven => zone.settled[r] = true,
                None => zone.tried[r] += 1,
            }
        }
    }

    /// How good what is in a zone can be, what room there is, and the gains that would be as good; nothing if somebody
    /// has to lose.
    fn bound(&self, zone: &Zone, r: usize, rule: Rule, gains: &Gains) -> Option<(f64, Room, Vec<f64>)> {
        let cuts: Vec<(Vec<f64>, f64)> = zone.cuts[r].iter().map(|(w, most)| gains.cut(w, *most)).collect();
        let mut most = gains.of(&self.ideal);
        let corner = |steps: &i64| if *steps == ANY { i64::MIN / 4 } else { steps + 1 };
        let low: Vec<f64> = gains.of(&zone.corner.iter().map(corner).collect::<Vec<i64>>());
        for (weights, limit) in &cuts {
            let taken: f64 = weights.iter().zip(&low).map(|(w, low)| w * low.max(0.0)).sum();
            for p in 0..most.len() {
                if weights[p] > 0.0 {
                    most[p] = most[p].min((limit - taken) / weights[p] + low[p].max(0.0));
                }
            }
        }
        if most.iter().zip(&low).any(|(most, low)| *most < low.max(0.0) * (1.0 - 1e-9) - 1e-9) {
            return None;
        }
        most.iter_mut().for_each(|most| *most = most.max(0.0));
        let rooms = cuts.into_iter().map(Some).chain([None]).map(|cut| Room { most: most.clone(), cut });
        let bounds = rooms.map(|room| {
            let best = rule.best(&room)?;
            Some((rule.worth(&best)?, room, best))
        });
        bounds.collect::<Option<Vec<_>>>()?.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Looks into zones until none is left or nodes are used up.
    fn zones(
        &mut self,
        mut left: u64,
        zone_nodes: u64,
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let ideal = &self.ideal;
        let hopeless = |zone: &Zone| zone.corner.iter().zip(ideal).any(|(corner, ideal)| corner >= ideal);
        self.zones.retain(|zone| !hopeless(zone));
        // The largest first, and those in which a search was ended early after all others.
        while let Some(at) = (0..self.zones.len()).max_by(|a, b| {
            let (x, y) = (&self.zones[*a], &self.zones[*b]);
            y.ended.cmp(&x.ended).then(self.size(x).total_cmp(&self.size(y))).then(b.cmp(a))
        }) {
            if left == 0 {
                break;
            }
            let zone = &self.zones[at];
            let least: Vec<i64> = zone.corner.iter().map(|x| if *x == ANY { ANY } else { x + 1 }).collect();
            let direction = self.direction(zone);
            let nodes = zone_nodes.saturating_mul(AGAIN.saturating_pow(zone.ended)).min(left);
            let answer = self.ask(direction, &least, nodes, watch)?;
            left -= answer.nodes.clamp(1, left);
            match answer.best {
                Some(found) => {
                    // What is better than it, if that is not ruled out, stays in the zones it leaves.
                    let (chosen, steps) = (found.chosen, found.value);
                    self.points.push(Point { chosen, steps, efficient: answer.proven });
                    self.divide();
                }
                None if answer.proven => drop(self.zones.swap_remove(at)),
                None => self.zones[at].ended += 1,
            }
        }
        Continue(())
    }

    /// How large a zone is, as a share of all that could be.
    fn size(&self, zone: &Zone) -> f64 {
        let part = |((corner, ideal), width): ((&i64, &i64), &i64)| {
            if *corner == ANY { 1.0 } else { (ideal - corner) as f64 / *width as f64 }
        };
        zone.corner.iter().zip(&self.ideal).zip(&self.widths).map(part).product()
    }

    /// In which direction to look: across the points that bound the zone, or from its corner to all that could be.
    fn direction(&self, zone: &Zone) -> Vec<i64> {
        let across = match zone.by[..] {
            [Some(a), Some(b)] => {
                let (a, b) = (&self.points[a].steps, &self.points[b].steps);
                Some(vec![(a[1] - b[1]).unsigned_abs() as f64, (a[0] - b[0]).unsigned_abs() as f64])
            }
            _ => None,
        };
        let weights =
            across.filter(|weights| weights.iter().all(|weight| *weight > 0.0)).unwrap_or_else(|| {
                let span = |p: usize| match zone.corner[p] {
                    ANY => self.widths[p],
                    corner => (self.ideal[p] - corner).max(1),
                };
                (0..zone.corner.len()).map(|p| 1.0 / span(p) as f64).collect()
            });
        self.whole(weights)
    }

    /// Weights in whole numbers.
    fn whole(&self, weights: Vec<f64>) -> Vec<i64> {
        // Whole numbers that are as fine as there is room for, and not all multiples of something.
        let reach: f64 = weights.iter().zip(&self.widths).map(|(weight, width)| weight * *width as f64).sum();
        let finest = weights.iter().copied().fold(f64::MIN, f64::max);
        let scale = (ROOM as f64 / reach).min(65_536.0 / finest);
        let scaled: Vec<i64> =
            weights.iter().map(|weight| ((weight * scale).round() as i64).max(1)).collect();
        let common = scaled.iter().fold(0, |common, weight| crate::exact::gcd(common, *weight)).max(1);
        scaled.into_iter().map(|weight| weight / common).collect()
    }

    /// Takes what the newest point covers out of all zones.
    fn divide(&mut self) {
        let at = self.points.len() - 1;
        let point = &self.points[at].steps;
        let zones = std::mem::take(&mut self.zones);
        let (inside, mut rest): (Vec<Zone>, Vec<Zone>) =
            zones.into_iter().partition(|zone| zone.corner.iter().zip(point).all(|(corner, x)| x > corner));
        for zone in inside {
            for (p, steps) in point.iter().enumerate() {
                let mut next = zone.clone();
                next.corner[p] = *steps;
                next.by[p] = Some(at);
                rest.push(next);
            }
        }
        let ideal = &self.ideal;
        rest.retain(|zone| zone.corner.iter().zip(ideal).all(|(corner, ideal)| corner < ideal));
        let within = |a: &Zone, b: &Zone| a.corner.iter().zip(&b.corner).all(|(a, b)| a >= b);
        for (k, zone) in rest.iter().enumerate() {
            let covered = rest
                .iter()
                .enumerate()
                .any(|(j, other)| j != k && within(zone, other) && (zone.corner != other.corner || j < k));
            if !covered {
                self.zones.push(zone.clone());
            }
        }
    }

    /// What is left of all that was met and found.
    fn finish(&mut self) -> Vec<Point> {
        let mut all: BTreeMap<Vec<i64>, (Vec<usize>, bool)> = BTreeMap::new();
        let mut front = Front::new(self.model.d);
        let archive = std::mem::replace(&mut self.archive, Archive::new(self.model.d));
        for (steps, chosen) in archive.finish() {
            front.offer(&steps, 0);
            all.insert(steps, (chosen, false));
        }
        for point in &self.points {
            front.offer(&point.steps, 0);
            let own = all.entry(point.steps.clone()).or_insert_with(|| (point.chosen.clone(), false));
            own.1 |= point.efficient;
        }
        let kept = front.finish().into_iter();
        kept.filter_map(|(steps, _)| {
            let (chosen, efficient) = all.remove(&steps)?;
            Some(Point { chosen, steps, efficient })
        })
        .collect()
    }
}
