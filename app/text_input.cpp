#include "app/text_input.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace app {

using engine::Error;
using engine::ErrorCode;

engine::Result<std::string> readText(const std::string& path) {
    if (path == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return Error{ErrorCode::invalidInput, path + " is a folder; give a text file"};
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{ErrorCode::notFound, path + " cannot be opened; check the path and its permissions"};
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (file.bad())
        return Error{ErrorCode::io, path + " cannot be read"};
    return text;
}

engine::Result<std::vector<engine::Message>> readDialog(const std::string& path) {
    auto text = readText(path);
    if (!text)
        return text.error();
    auto messages = engine::messagesFromJson(*text);
    if (!messages)
        return messages.error().in(path);
    return messages;
}

}  // namespace app
