//! What is printed.

use crate::measure::Figures;

/// Prints the names of the columns.
pub(crate) fn print_head(names: [&str; 4]) {
    let [a, b, c, d] = names;
    println!("{:20} {a:>15} {b:>15} {c:>15} {d:>15}", "");
}

/// Prints what was measured of a row.
pub(crate) fn print(figures: &Figures) {
    line(&figures.name, "µs", figures.times);
    if let Some(allocations) = figures.allocations {
        line("", "allocations", allocations);
    }
    if let Some(peaks) = figures.peaks {
        line("", "× size, peak", peaks);
    }
    if let Some(memory) = figures.memory {
        line("", "KiB a stream", memory.map(|bytes| bytes / 1024.0));
    }
}

fn line(name: &str, unit: &str, values: [f64; 4]) {
    let [a, b, c, d] = values;
    println!("{name:20} {a:15.2} {b:15.2} {c:15.2} {d:15.2}  {unit}");
}

/// Prints the lines for machines.
pub(crate) fn print_ratios(all: &[Figures]) {
    println!();
    for Figures { name, ratios, .. } in all {
        let [floor, stack] = ratios;
        println!("RATIO {name} floor={floor:.3} stack={stack:.3}");
    }
    for figures in all {
        let name = &figures.name;
        if let Some([hyper, _, reqwest, _]) = figures.allocations {
            println!("ALLOCATIONS {name} hyper={hyper:.3} reqwest={reqwest:.3}");
        }
    }
    for figures in all {
        let name = &figures.name;
        if let Some([hyper, _, reqwest, _]) = figures.peaks {
            println!("PEAK {name} hyper={hyper:.3} reqwest={reqwest:.3}");
        }
        if let Some([hyper, floor, reqwest, stack]) = figures.memory {
            let (hyper, reqwest) = (hyper / floor, reqwest / stack);
            println!("MEMORY {name} hyper={hyper:.3} reqwest={reqwest:.3}");
        }
    }
}
