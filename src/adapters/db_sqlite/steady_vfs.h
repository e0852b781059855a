// A layer over the system's files that keeps the disk steady under a store that sells. SQLite writes each page of its
// log by two calls, the page and its header: here what follows each other becomes one call, made before the sync that
// makes it count. And a checkpoint's pages are synced in small portions as they are written, instead of all at its end,
// where the commits of that moment would stand behind tens of megabytes.
//
// It relies on synchronous=FULL: a commit is told to other connections only after the sync of the log, so nobody looks
// for frames that are still here.
#pragma once

namespace kontor::db_sqlite {

// Registers the layer with SQLite at the first call; its name, for Connection::Settings::vfs.
const char* steady_vfs();

}  // namespace kontor::db_sqlite
