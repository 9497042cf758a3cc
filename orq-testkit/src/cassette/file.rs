//! Files: a cassette is there as a whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::error::{CassetteError, CassetteErrorKind};

pub(super) fn read(path: &Path) -> Result<Vec<u8>, CassetteError> {
    fs::read(path).map_err(|error| {
        let error = match error.kind() {
            io::ErrorKind::NotFound => CassetteError::new(
                CassetteErrorKind::NotFound,
                "there is no such cassette; run the test once with a Recorder, or with ORQ_CASSETTE=record if it \
                 opens its cassette by mode",
            ),
            _ => CassetteError::new(CassetteErrorKind::Read, "the cassette can't be read").with_source(error),
        };
        error.at(path)
    })
}

/// Writes a file beside `path`, and then puts it in its place. Folders are made as needed.
pub(super) fn write(path: &Path, text: &str) -> Result<(), CassetteError> {
    try_write(path, text).map_err(|error| {
        let error = CassetteError::new(CassetteErrorKind::Write, "the cassette can't be written")
            .with_source(error);
        error.at(path)
    })
}

fn try_write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    let (mut file, beside) = create_beside(path)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    drop(file);
    let placed = written.and_then(|()| fs::rename(&beside, path));
    placed.inspect_err(|_| {
        // The first error is the one to be told.
        let _ = fs::remove_file(&beside);
    })
}

/// A new file in the same folder, so that renaming it doesn't copy.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("the path has no file name"))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    for number in 0..100 {
        let mut temporary = name.to_owned();
        temporary.push(format!(".{number}.part"));
        let beside = path.with_file_name(temporary);
        match options.open(&beside) {
            // Another recorder's, or left behind by one that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, beside)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
