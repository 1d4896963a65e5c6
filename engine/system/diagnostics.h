#pragma once

#include <string>
#include <vector>

#include "engine/base/message_log.h"

namespace engine {

/// `text` with "~/…" in place of every path below `home`, up to where the path must have ended: a quote, the
/// line's end, or punctuation before a space. Rather hides a word too much than a folder's name too little.
std::string withoutHomePaths(const std::string& text, const std::string& home);

struct DiagnosticsRequest {
    std::string settings;  ///< JSON object; without prompts and chats
    std::vector<LogLine> log;
    bool homePaths = false;  ///< leave paths below the home folder as they are
    std::string home;        ///< empty: $HOME
};

/// What a report of a fault needs, as indented JSON text for people to read first: machine, kernel plan and
/// variants, settings, log. No prompts, chats or model files.
std::string diagnosticsJson(const DiagnosticsRequest& request);

}  // namespace engine
