//! Files written whole or not at all.

use crate::output::Failure;
use crate::progress::Writing;
use std::collections::BTreeSet;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;

/// Files on their way: written in full beside their places, and put there together.
///
/// Whatever is not put in place is taken away again, with the folders that were made for it.
#[derive(Default)]
pub(crate) struct Staged {
    files: Vec<Finished>,
    /// What is no file (a device, a pipe) is written to and never replaced.
    devices: Vec<(PathBuf, Vec<u8>)>,
    folders: MadeFolders,
}

/// A file in full, under a name of its own.
struct Finished {
    /// As it was named, for messages.
    path: PathBuf,
    file: NamedTempFile,
    target: PathBuf,
    /// Whether it may take the place of another.
    replaces: bool,
}

/// Folders that were made, the outermost first; those left when this goes are taken away.
#[derive(Default)]
struct MadeFolders(Vec<PathBuf>);

/// What has to go if the program ends at once.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

impl Staged {
    /// A file for a place where another may stand. A link is followed, also to where nothing is yet; the mode of
    /// what is there is kept.
    pub(crate) fn add(&mut self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::writing(path, &error);
        let there = fs::metadata(path).ok();
        match &there {
            Some(about) if about.is_dir() => return Err(Failure::is_folder(path)),
            Some(about) if !about.is_file() => {
                self.devices.push((path.to_owned(), content.to_owned()));
                return Ok(());
            }
            // What may not be written to is not replaced either.
            Some(_) => drop(OpenOptions::new().write(true).open(path).map_err(failed)?),
            None => {}
        }
        let target = followed(path).map_err(failed)?;
        self.stage(path, target, there.as_ref(), content)
    }

    /// A file for a place where nothing is.
    pub(crate) fn add_new(&mut self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(Failure::exists(path));
        }
        self.stage(path, path.to_owned(), None, content)?;
        if let Some(file) = self.files.last_mut() {
            file.replaces = false;
        }
        Ok(())
    }

    /// A folder with those above it, as far as they are missing.
    pub(crate) fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        let place = followed(folder).map_err(|error| Failure::writing(folder, &error))?;
        self.folders.make(&place)
    }

    /// Puts everything in its place.
    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        let _writing = Writing::begin();
        for (path, content) in std::mem::take(&mut self.devices) {
            let failed = |error: io::Error| Failure::writing(&path, &error);
            let mut device = OpenOptions::new().write(true).open(&path).map_err(failed)?;
            device.write_all(&content).map_err(failed)?;
        }
        for finished in std::mem::take(&mut self.files) {
            let Finished { path, file, target, replaces } = finished;
            let own = file.path().to_owned();
            let placed = if replaces { file.persist(&target) } else { file.persist_noclobber(&target) };
            forget(&own);
            placed.map(drop).map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => Failure::exists(&path),
                _ => Failure::writing(&path, &error.error),
            })?;
        }
        self.folders.0.clear();
        Ok(())
    }

    fn stage(
        &mut self,
        path: &Path,
        target: PathBuf,
        there: Option<&Metadata>,
        content: &[u8],
    ) -> Result<(), Failure> {
        let _writing = Writing::begin();
        let failed = |error: io::Error| Failure::writing(path, &error);
        let mut file = private_file(folder_of(&target)).map_err(failed)?;
        remember(file.path());
        let written = file.write_all(content).and_then(|()| give_mode(&file, &target, there));
        // A disk may say only now that it is full.
        let written = written.and_then(|()| file.as_file().sync_all());
        if let Err(error) = written {
            forget(file.path());
            return Err(failed(error));
        }
        self.files.push(Finished { path: path.to_owned(), file, target, replaces: true });
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for finished in self.files.drain(..) {
            forget(finished.file.path());
        }
    }
}

impl MadeFolders {
    fn make(&mut self, folder: &Path) -> Result<(), Failure> {
        let missing = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        let mut missing: Vec<&Path> = missing.collect();
        missing.reverse();
        for folder in missing {
            match fs::create_dir(folder) {
                Ok(()) => self.0.push(folder.to_owned()),
                // Somebody else was quicker, or the path goes on above it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(Failure::writing(folder, &error)),
            }
        }
        if folder.is_dir() { Ok(()) } else { Err(Failure::is_file(folder)) }
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Writes files into a folder that is not there yet or empty: all of them or none.
pub(crate) fn new_folder(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let _writing = Writing::begin();
    let failed = |error: io::Error| Failure::writing(folder, &error);
    match fs::read_dir(folder).map(|mut inside| inside.next().is_some()) {
        Ok(true) => {
            let message = format!("`{}` holds files already; name a new or empty folder", folder.display());
            return Err(Failure::Message(message));
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(Failure::is_file(folder)),
        _ => {}
    }
    let mut made = MadeFolders::default();
    made.make(folder)?;
    let place = folder.canonicalize().map_err(failed)?;
    let temporary = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder_of(&place)).map_err(failed)?;
    remember(temporary.path());
    let written = fill(temporary.path(), &place, files);
    forget(temporary.path());
    written.map_err(failed)?;
    let _ = temporary.keep();
    made.0.clear();
    Ok(())
}

/// Fills a folder and puts it in the place of an empty one, with its mode.
fn fill(temporary: &Path, place: &Path, files: &[(String, String)]) -> io::Result<()> {
    for (name, text) in files {
        let mut file = OpenOptions::new().write(true).create_new(true).open(temporary.join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    fs::set_permissions(temporary, fs::metadata(place)?.permissions())?;
    fs::rename(temporary, place)
}

/// Takes away what was not finished, where the program ends at once.
pub(crate) fn remove_unfinished() {
    for path in std::mem::take(&mut *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)) {
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
}

/// That a result can be written to a path, as far as that shows before there is one.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(Failure::is_folder(path)),
        Ok(_) => Ok(()),
        Err(_) => {
            let failed = |error: io::Error| Failure::writing(path, &error);
            let target = followed(path).map_err(failed)?;
            let folder = folder_of(&target);
            if folder.is_dir() {
                return Ok(());
            }
            let message = format!(
                "cannot write `{}`: there is no folder `{}`; create it first",
                path.display(),
                folder.display()
            );
            Err(Failure::Message(message))
        }
    }
}

const PREFIX: &str = ".detente-";

/// A file that nobody else can read while it is written.
fn private_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

/// Gives a new file the mode, and if it may the owner, of what it takes the place of; else that of any new file.
fn give_mode(file: &NamedTempFile, target: &Path, there: Option<&Metadata>) -> io::Result<()> {
    let Some(there) = there else {
        let permissions = usual_permissions(folder_of(target))?;
        return file.as_file().set_permissions(permissions);
    };
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only modes are taken from"))]
    let mut permissions = there.permissions();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
        let own = file.as_file().metadata()?;
        let (uid, gid) = (there.uid(), there.gid());
        if own.uid() != uid && fchown(file.as_file(), Some(uid), Some(gid)).is_err() || own.gid() != gid {
            let _ = fchown(file.as_file(), None, Some(gid));
        }
        if file.as_file().metadata()?.gid() != gid {
            // What was for one group is not for another.
            permissions.set_mode(permissions.mode() & !0o070);
        }
    }
    file.as_file().set_permissions(permissions)
}

/// What a new file may be used for: anything by all, less what the user's mask takes away. An empty file tells.
fn usual_permissions(folder: &Path) -> io::Result<fs::Permissions> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    Ok(builder.tempfile_in(folder)?.as_file().metadata()?.permissions())
}

/// Where a path leads, link after link, whether or not anything is there.
pub(crate) fn followed(path: &Path) -> io::Result<PathBuf> {
    const MOST: usize = 40;
    let mut at = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&at) {
            Ok(to) => at = folder_of(&at).join(to),
            Err(_) => return Ok(at),
        }
    }
    Err(io::Error::other("it is a link that leads in a circle"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn remember(path: &Path) {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
}

fn forget(path: &Path) {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
}
