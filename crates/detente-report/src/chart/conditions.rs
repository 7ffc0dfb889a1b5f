//! The steps of a deal and what they wait for: boxes in layers, with a line for each condition.

use super::layers::{Item, Layers};
use super::letters::width;
use super::links::{Kind, Link, Steps};
use super::svg::{Chart, Drawing, Shape, area, fitted, in_lines};
use crate::page::Table;
use crate::say::steps;
use detente_analysis::Plan;
use detente_model::{StepId, Talks};

/// Steps up to which there is a picture.
const MOST: usize = 40;
/// Lines up to which there is a picture.
const MOST_LINES: usize = 80;
/// How wide a line is that passes a layer.
const LINE: f64 = 9.0;
/// Between items of a layer.
const APART: f64 = 8.0;
/// A line of text.
const TEXT: f64 = 11.5;
/// Where names begin in a box: behind the number of the point, if there is an order.
const INDENT: [f64; 2] = [20.0, 7.0];
/// Between steps in a box.
const BETWEEN: f64 = 5.0;
/// Lines of a name.
const NAME_LINES: usize = 4;
/// The name of a phase.
const PHASE: f64 = 18.0;

/// The same picture for a wide and for a narrow screen.
pub(crate) struct Conditions {
    /// From left to right, where that fits; it may be wider than a column of text.
    pub(crate) across: Option<Chart>,
    /// From top to bottom.
    pub(crate) down: Chart,
}

/// The pictures, none where there is too much for one; and the same in words, if there are steps.
pub(super) fn charts(
    talks: &Talks,
    steps: &[StepId],
    plan: Option<&Plan>,
    suffix: &str,
) -> (Option<Conditions>, Option<Table>) {
    let steps = Steps::new(talks, steps);
    let table = (!steps.all.is_empty()).then(|| table(talks, &steps));
    (pictures(talks, &steps, plan, suffix), table)
}

fn pictures(talks: &Talks, steps: &Steps, plan: Option<&Plan>, suffix: &str) -> Option<Conditions> {
    let links = steps.links(talks);
    if steps.all.is_empty() || steps.all.len() > MOST || links.len() > MOST_LINES {
        return None;
    }
    let chart = |way: Way, id: String| {
        let sheet = Sheet::new(talks, steps, &links, plan, way)?;
        let mut drawing = Drawing::default();
        let (width, height) = sheet.draw(&mut drawing);
        Some(Chart {
            id,
            title: "What each step waits for".into(),
            description: "Boxes are steps; steps in one box are done at once. Lines lead from a step to those that \
                          depend on it; their style and the mark at their end say how. The number in a box is that \
                          of its point in the order. The same is in the table of the conditions."
                .into(),
            width,
            height,
            drawing,
            tables: Vec::new(),
        })
    };
    let down = chart(Way::Down, format!("conditions-narrow{suffix}"))?;
    let across = [Way::Across { width: 600.0 }, Way::Across { width: 1060.0 }];
    let across = across.into_iter().find_map(|way| chart(way, format!("conditions{suffix}")));
    Some(Conditions { across, down })
}

/// Which way the layers follow each other.
#[derive(Clone, Copy)]
enum Way {
    Across { width: f64 },
    Down,
}

impl Way {
    fn is_down(self) -> bool {
        matches!(self, Way::Down)
    }
}

/// A line of text in a box.
struct Text {
    class: &'static str,
    says: String,
    /// Room above it, where another step begins.
    above: f64,
}

/// Where everything stands. Along is the way of the layers, across is the other one.
struct Sheet<'a> {
    talks: &'a Talks,
    steps: &'a Steps,
    links: &'a [Link],
    plan: Option<&'a Plan>,
    way: Way,
    /// Where names begin in a box.
    indent: f64,
    /// The phase of each block; none where phases do not follow each other.
    phases: Vec<String>,
    blocks: Vec<usize>,
    layers: Layers,
    /// How wide the boxes of each layer are on the page.
    widths: Vec<f64>,
    /// What is written in each box.
    texts: Vec<Vec<Text>>,
    /// Where each layer begins and ends, along.
    spans: Vec<(f64, f64)>,
    /// The middle of each item, across.
    middles: Vec<Vec<f64>>,
    /// The length of the picture across.
    extent: f64,
}

const NARROW: f64 = 360.0;
/// The narrowest and the widest box.
const BOX: (f64, f64) = (84.0, 210.0);
/// Left and right of the layers, where they follow each other across.
const EDGE: f64 = 10.0;
/// Between layers.
const GAP_DOWN: f64 = 36.0;
const GAP_ACROSS: (f64, f64) = (50.0, 96.0);

impl<'a> Sheet<'a> {
    fn new(
        talks: &'a Talks,
        steps: &'a Steps,
        links: &'a [Link],
        plan: Option<&'a Plan>,
        way: Way,
    ) -> Option<Sheet<'a>> {
        let (blocks, phases) = steps.phases(talks, links);
        let lines: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
        let most = if way.is_down() { 1..=3 } else { 6..=6 };
        let layers = most.rev().map(|most| Layers::new(&blocks, &lines, most));
        let (layers, widths) =
            layers.into_iter().find_map(|layers| widths(&layers, way).map(|widths| (layers, widths)))?;
        let phase_in_box = phases.is_empty();
        let indent = if plan.is_some() { INDENT[0] } else { INDENT[1] };
        let text =
            |own: usize| texts(talks, &steps.groups[own], widths[layers.of[own]] - indent, phase_in_box);
        let texts: Vec<Vec<Text>> = (0..steps.groups.len()).map(text).collect();
        let mut sheet = Sheet {
            talks,
            steps,
            links,
            plan,
            way,
            indent,
            phases,
            blocks,
            layers,
            widths,
            texts,
            spans: Vec::new(),
            middles: Vec::new(),
            extent: NARROW - 2.0,
        };
        sheet.arrange();
        Some(sheet)
    }

    fn height(&self, own: usize) -> f64 {
        self.texts[own].iter().map(|text| TEXT + text.above).sum::<f64>() + 9.0
    }

    /// The length of an item across.
    fn size(&self, item: Item) -> f64 {
        match (item, self.way) {
            (Item::Line(_), _) => LINE,
            (Item::Box(own), Way::Down) => self.widths[self.layers.of[own]],
            (Item::Box(own), Way::Across { .. }) => self.height(own),
        }
    }

    fn arrange(&mut self) {
        let total = |layer: &Vec<Item>| {
            layer.iter().map(|item| self.size(*item)).sum::<f64>() + APART * (layer.len() as f64 - 1.0)
        };
        if !self.way.is_down() {
            self.extent = self.layers.layers.iter().map(total).fold(0.0, f64::max);
        }
        self.middles = self.layers.middles(&|item| self.size(item), APART, self.extent);
        let n = self.layers.layers.len();
        let mut at = if self.way.is_down() { 2.0 } else { EDGE };
        let gap = match self.way {
            Way::Down => GAP_DOWN,
            Way::Across { width } if n > 1 => {
                (width - 2.0 * EDGE - self.widths.iter().sum::<f64>()) / (n - 1) as f64
            }
            Way::Across { .. } => 0.0,
        };
        let gap = gap.min(if self.way.is_down() { GAP_DOWN } else { GAP_ACROSS.1 });
        for layer in 0..n {
            let begins = layer == 0 || self.block(layer) != self.block(layer - 1);
            if self.way.is_down() && begins && !self.phases.is_empty() {
                at += PHASE;
            }
            let length = match self.way {
                Way::Across { .. } => self.widths[layer],
                Way::Down => self.boxes(layer).map(|own| self.height(own)).fold(0.0, f64::max),
            };
            self.spans.push((at, at + length));
            at += length + gap;
        }
    }

    fn boxes(&self, layer: usize) -> impl Iterator<Item = usize> + '_ {
        self.layers.layers[layer].iter().filter_map(|item| match item {
            Item::Box(own) => Some(*own),
            Item::Line(_) => None,
        })
    }

    fn block(&self, layer: usize) -> usize {
        self.boxes(layer).next().map_or(0, |own| self.blocks[own])
    }

    /// Room at the top for the names of phases, where they stand beside each other.
    fn top(&self) -> f64 {
        if self.way.is_down() || self.phases.is_empty() { 2.0 } else { PHASE + 6.0 }
    }

    /// A place on the page.
    fn at(&self, along: f64, across: f64) -> (f64, f64) {
        if self.way.is_down() { (across + 1.0, along + self.top()) } else { (along, across + self.top()) }
    }

    fn middle(&self, item: Item, layer: usize) -> f64 {
        let place = self.layers.layers[layer].iter().position(|other| *other == item);
        place.map_or(0.0, |place| self.middles[layer][place])
    }

    fn draw(&self, drawing: &mut Drawing) -> (f64, f64) {
        let end = self.spans.last().map_or(0.0, |span| span.1);
        let (width, bottom) = match self.way {
            Way::Down => (NARROW, end + self.top()),
            Way::Across { width } => (width, self.extent + self.top()),
        };
        self.gates(drawing);
        let routes: Vec<Vec<(f64, f64)>> = (0..self.links.len()).map(|k| self.route(k)).collect();
        for (k, link) in self.links.iter().enumerate() {
            let page: Vec<(f64, f64)> =
                routes[k].iter().map(|(along, across)| self.at(*along, *across)).collect();
            let class = format!("link {}", link.kind.class());
            drawing.curve(&class, &page, self.way.is_down(), &link.says(self.talks, self.steps));
        }
        for (place, name) in self.phase_names() {
            drawing.text("phase", "start", place, &name);
        }
        for own in 0..self.steps.groups.len() {
            self.draw_box(drawing, own);
        }
        for (k, link) in self.links.iter().enumerate() {
            self.end_mark(drawing, link.kind, &routes[k], self.layers.turned[k]);
        }
        self.labels(drawing, &routes, (width, bottom));
        let height = self.legend(drawing, bottom + 20.0);
        (width, height)
    }

    /// The phases: where each begins and ends, along, with its name.
    fn parts(&self) -> Vec<(f64, f64, &str)> {
        let n = self.layers.layers.len();
        let end = self.spans.last().map_or(0.0, |span| span.1);
        let mut parts = Vec::new();
        let mut from = 0;
        while from < n && !self.phases.is_empty() {
            let to = (from..n).find(|layer| self.block(*layer) != self.block(from)).unwrap_or(n);
            let gap = |layer: usize| (self.spans[layer].0 + self.spans[layer - 1].1) / 2.0;
            let head = if self.way.is_down() { PHASE / 2.0 } else { 0.0 };
            let start = if from == 0 { 0.5 } else { gap(from) - head };
            let stop = if to == n { end + 2.0 } else { gap(to) - head };
            parts.push((start, stop, &self.phases[self.block(from)][..]));
            from = to;
        }
        parts
    }

    /// The gates between phases.
    fn gates(&self, drawing: &mut Drawing) {
        for (start, ..) in self.parts() {
            let y = self.at(start, 0.0).1;
            match self.way.is_down() {
                true => drawing.line("gate", (0.0, y), (NARROW, y)),
                false => drawing.line("gate", (start, 0.0), (start, self.extent + self.top() + 4.0)),
            }
        }
    }

    /// The names of phases, each with its place.
    fn phase_names(&self) -> Vec<((f64, f64), String)> {
        let name = |(start, stop, name): (f64, f64, &str)| match self.way.is_down() {
            true => ((2.0, self.at(start, 0.0).1 + 12.0), fitted("phase", name, NARROW - 4.0)),
            false => ((start + 5.0, 11.0), fitted("phase", name, stop - start - 8.0)),
        };
        self.parts().into_iter().map(name).collect()
    }

    /// A line through the layers, along and across, from the earlier box to the later one.
    fn route(&self, link: usize) -> Vec<(f64, f64)> {
        let (from, to) = self.layers.lines[link];
        let (first, last) = (self.layers.of[from], self.layers.of[to]);
        let begin = self.port(from, link, true);
        let mut points = vec![(self.box_end(from), begin), (self.spans[first].1, begin)];
        for layer in first + 1..last {
            let across = self.middle(Item::Line(link), layer);
            points.extend([(self.spans[layer].0, across), (self.spans[layer].1, across)]);
        }
        points.push((self.spans[last].0, self.port(to, link, false)));
        points
    }

    fn box_end(&self, own: usize) -> f64 {
        let (start, end) = self.spans[self.layers.of[own]];
        if self.way.is_down() { start + self.height(own) } else { end }
    }

    /// Where a line leaves or reaches a box: in the order in which the lines come from the next layer.
    fn port(&self, own: usize, link: usize, leaves: bool) -> f64 {
        let layer = self.layers.of[own];
        let mut ports: Vec<(f64, usize)> = Vec::new();
        for (k, (from, to)) in self.layers.lines.iter().enumerate() {
            let (this, other) = if leaves { (*from, *to) } else { (*to, *from) };
            if this != own {
                continue;
            }
            let next = if leaves { layer + 1 } else { layer - 1 };
            let item = if self.layers.of[other] == next { Item::Box(other) } else { Item::Line(k) };
            ports.push((self.middle(item, next), k));
        }
        ports.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let place = ports.iter().position(|(_, k)| *k == link).unwrap_or(0) as f64;
        let spacing = (self.size(Item::Box(own)) / (ports.len() + 1) as f64).min(18.0);
        self.middle(Item::Box(own), layer) + spacing * (place - (ports.len() as f64 - 1.0) / 2.0)
    }

    fn corner(&self, own: usize) -> ((f64, f64), (f64, f64)) {
        let layer = self.layers.of[own];
        let across = self.middle(Item::Box(own), layer) - self.size(Item::Box(own)) / 2.0;
        (self.at(self.spans[layer].0, across), (self.widths[layer], self.height(own)))
    }

    fn draw_box(&self, drawing: &mut Drawing, own: usize) {
        let ((x, y), size) = self.corner(own);
        let names: Vec<String> =
            self.steps.groups[own].iter().map(|step| steps::step(self.talks, *step)).collect();
        drawing.titled_rect("box", (x, y), size, &names.join("; "));
        let point = self.plan.and_then(|plan| {
            plan.points
                .iter()
                .position(|point| self.steps.groups[own].iter().any(|step| point.steps.contains(step)))
        });
        if let Some(point) = point {
            drawing.text("number", "middle", (x + self.indent / 2.0, y + TEXT + 1.5), &point.to_string());
        }
        let mut base = y + 1.5;
        for text in &self.texts[own] {
            if text.above > 0.0 {
                let level = base + text.above / 2.0 + 2.0;
                drawing.line("between", (x + self.indent, level), (x + size.0 - 4.0, level));
            }
            base += TEXT + text.above;
            drawing.text(text.class, "start", (x + self.indent, base), &text.says);
        }
    }

    /// What stands at the end of a line.
    fn end_mark(&self, drawing: &mut Drawing, kind: Kind, route: &[(f64, f64)], is_turned: bool) {
        let Some((along, across)) = (if is_turned { route.first() } else { route.last() }).copied() else {
            return;
        };
        let tip = self.at(along, across);
        let sign = if is_turned { -1.0 } else { 1.0 };
        let ahead = if self.way.is_down() { (0.0, sign) } else { (sign, 0.0) };
        mark(drawing, kind, tip, ahead);
    }

    /// Times beside lines, none over another and none over a box or the end of a line.
    fn labels(&self, drawing: &mut Drawing, routes: &[Vec<(f64, f64)>], edges: (f64, f64)) {
        let mut taken: Vec<[f64; 4]> = (0..self.steps.groups.len())
            .map(|own| {
                let ((x, y), (width, height)) = self.corner(own);
                [x - 1.0, y - 1.0, x + width + 1.0, y + height + 1.0]
            })
            .collect();
        let tips = routes.iter().zip(&self.layers.turned);
        let tips = tips.filter_map(|(route, turned)| if *turned { route.first() } else { route.last() });
        taken.extend(tips.map(|(along, across)| {
            let (x, y) = self.at(*along, *across);
            if self.way.is_down() { [x - 4.0, y - 9.0, x + 4.0, y] } else { [x - 9.0, y - 4.0, x, y + 4.0] }
        }));
        taken.extend(self.phase_names().iter().map(|(place, name)| area("phase", "start", *place, name)));
        let lines: Vec<(usize, f64, f64)> =
            routes.iter().enumerate().flat_map(|(k, route)| self.dotted(k, route)).collect();
        for (k, link) in self.links.iter().enumerate() {
            let Some(label) = link.label() else { continue };
            let fits = |place: &[f64; 4]| {
                let inside = place[0] >= 0.0 && place[2] <= edges.0 && place[1] >= 0.0;
                inside && !taken.iter().any(|own| super::names::overlap(place, own))
            };
            let covers = |place: &[f64; 4]| {
                let within =
                    |x: f64, y: f64| (place[0]..place[2]).contains(&x) && (place[1]..place[3]).contains(&y);
                let covered = lines.iter().filter(|(_, x, y)| within(*x, *y));
                covered.map(|(own, _, _)| if *own == k { 1 } else { 4 }).sum::<usize>()
            };
            let places = self.places(&routes[k], width("link-name", &label));
            let best = places.iter().filter(|place| fits(place)).min_by_key(|place| covers(place));
            let Some(place) = best.or(places.first()).copied() else { continue };
            let class = format!("link-name {}", link.kind.class());
            drawing.text(&class, "start", (place[0] + 1.0, place[3] - 2.0), &label);
            taken.push(place);
        }
    }

    /// A line as points that are close to each other.
    fn dotted(&self, link: usize, route: &[(f64, f64)]) -> Vec<(usize, f64, f64)> {
        let between = |pair: &[(f64, f64)]| -> Vec<(usize, f64, f64)> {
            let (from, to) = (pair[0], pair[1]);
            let n = 16;
            let point = |t: f64| self.at(from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * bend(t));
            (0..=n).map(|k| point(f64::from(k) / f64::from(n))).map(|(x, y)| (link, x, y)).collect()
        };
        route.windows(2).flat_map(between).collect()
    }

    /// Where the time of a line may stand: beside each of its bends, the last one first, or over it.
    fn places(&self, route: &[(f64, f64)], width: f64) -> Vec<[f64; 4]> {
        let mut places = Vec::new();
        let aside = if self.way.is_down() {
            [(5.0, 3.5), (-width - 5.0, 3.5), (-width / 2.0, 3.5)]
        } else {
            [(-width / 2.0, -3.5), (-width / 2.0, 11.0), (-width / 2.0, 3.5)]
        };
        for pair in route.windows(2).rev().filter(|pair| pair[1].0 - pair[0].0 > 8.0) {
            for (dx, dy) in aside {
                for share in [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8] {
                    let (x, y) = self.at(
                        pair[0].0 + (pair[1].0 - pair[0].0) * share,
                        pair[0].1 + (pair[1].1 - pair[0].1) * bend(share),
                    );
                    places.push([x + dx - 1.0, y + dy - 8.0, x + dx + width + 1.0, y + dy + 2.0]);
                }
            }
        }
        places
    }

    /// What lines and boxes mean, of those that occur.
    fn legend(&self, drawing: &mut Drawing, top: f64) -> f64 {
        let mut y = top;
        for kind in Kind::ALL.into_iter().filter(|kind| self.links.iter().any(|link| link.kind == *kind)) {
            drawing.curve(&format!("link {}", kind.class()), &[(2.0, y - 4.0), (36.0, y - 4.0)], false, "");
            mark(drawing, kind, (36.0, y - 4.0), (1.0, 0.0));
            drawing.text("legend", "start", (44.0, y), kind.meaning());
            y += 16.0;
        }
        if self.steps.groups.iter().any(|group| group.len() > 1) {
            drawing.rect("box", (2.0, y - 10.0), (34.0, 12.0));
            drawing.line("between", (7.0, y - 4.0), (31.0, y - 4.0));
            drawing.text("legend", "start", (44.0, y), "done at once");
            y += 16.0;
        }
        if self.plan.is_some() {
            drawing.text("number", "middle", (19.0, y), "1");
            drawing.text("legend", "start", (44.0, y), "the point of the order at which it is done");
            y += 16.0;
        }
        if !self.phases.is_empty() {
            drawing.line("gate", (2.0, y - 4.0), (36.0, y - 4.0));
            drawing.text("legend", "start", (44.0, y), "from one phase to the next");
            y += 16.0;
        }
        y - 4.0
    }
}

/// How far across a bend is, by how far along.
fn bend(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t)
}

/// How wide the boxes of each layer are; nothing where there is no room for them.
fn widths(layers: &Layers, way: Way) -> Option<Vec<f64>> {
    let n = layers.layers.len() as f64;
    let width = |layer: &Vec<Item>| {
        let boxes = layer.iter().filter(|item| matches!(item, Item::Box(_))).count() as f64;
        let rest = (layer.len() as f64 - boxes) * LINE + APART * (layer.len() as f64 - 1.0);
        match way {
            Way::Down => (NARROW - 2.0 - rest) / boxes,
            Way::Across { width } => (width - 2.0 * EDGE - GAP_ACROSS.0 * (n - 1.0)) / n,
        }
    };
    let widths: Vec<f64> = layers.layers.iter().map(|layer| width(layer).min(BOX.1)).collect();
    let least = if way.is_down() { BOX.0 } else { 104.0 };
    widths.iter().all(|width| *width >= least).then_some(widths)
}

fn texts(talks: &Talks, group: &[StepId], width: f64, phase_in_box: bool) -> Vec<Text> {
    let room = width - 4.0;
    let mut texts = Vec::new();
    for (place, id) in group.iter().enumerate() {
        let step = &talks.steps[id.0];
        let begins = if place > 0 { BETWEEN } else { 0.0 };
        for (k, line) in in_lines("step-name", &step.name, room, NAME_LINES).into_iter().enumerate() {
            texts.push(Text { class: "step-name", says: line, above: if k == 0 { begins } else { 0.0 } });
        }
        let about = steps::about(talks, step, phase_in_box);
        for line in about.iter().flat_map(|about| in_lines("tick", about, room, NAME_LINES)) {
            texts.push(Text { class: "tick", says: line, above: 0.0 });
        }
    }
    texts
}

/// The mark at the end of a line of a kind, with its tip at a place.
fn mark(drawing: &mut Drawing, kind: Kind, (x, y): (f64, f64), (ax, ay): (f64, f64)) {
    let at = |back: f64, aside: f64| (x - ax * back - ay * aside, y - ay * back - ax * aside);
    let class = format!("end {}", kind.class());
    match kind {
        Kind::After => drawing.path(
            &format!("{class} full"),
            &[at(0.0, 0.0), at(7.0, 3.6), at(7.0, -3.6), at(0.0, 0.0)],
            "",
        ),
        Kind::Response => drawing.path(&class, &[at(7.0, 4.0), at(0.5, 0.0), at(7.0, -4.0)], ""),
        Kind::Milestone => {
            let corners = [at(0.0, 0.0), at(5.0, 3.8), at(10.0, 0.0), at(5.0, -3.8), at(0.0, 0.0)];
            drawing.path(&format!("{class} hollow"), &corners, "");
        }
        Kind::Include | Kind::Exclude => {
            let middle = at(5.0, 0.0);
            drawing.mark(&format!("{class} hollow"), Shape::Round, middle, "");
            let reach = if kind == Kind::Include { 3.0 } else { 2.6 };
            let ends = if kind == Kind::Include {
                [(reach, 0.0), (0.0, reach)]
            } else {
                [(reach, reach), (reach, -reach)]
            };
            for (dx, dy) in ends {
                drawing.line(&class, (middle.0 - dx, middle.1 - dy), (middle.0 + dx, middle.1 + dy));
            }
        }
    }
}

/// Every step with its conditions, in words.
fn table(talks: &Talks, steps: &Steps) -> Table {
    let head =
        ["Step", "Waits for", "Has to be done", "Brings of the deal", "Kept by who walks away", "Besides"];
    let mut table = Table::new("Every step with its conditions", &head);
    for step in &steps.all {
        table.rows.push(vec![
            steps::step(talks, *step),
            steps::waits(talks, &steps.all, *step),
            steps::due(talks, &steps.all, *step),
            steps::delivers(talks, *step),
            steps::kept(talks, *step),
            steps::besides(talks, &steps.all, *step),
        ]);
    }
    table
}
