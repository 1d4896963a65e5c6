#include "engine/checkpoint/pth_reader.h"

#include <algorithm>

#include "engine/checkpoint/pickle_reader.h"
#include "engine/checkpoint/zip_directory.h"

namespace engine {
namespace {

using Entries = std::map<std::string, ZipEntry, std::less<>>;

/// The one folder that holds data.pkl, with its slash.
Result<std::string> topFolder(const Entries& entries) {
    std::string folder;
    for (const auto& [name, entry] : entries) {
        if (!name.ends_with("/data.pkl") || name.find('/') != name.size() - 9)
            continue;
        if (!folder.empty())
            return Error{ErrorCode::corrupt,
                         "pth: the archive has two data.pkl, so it is not one checkpoint"};
        folder = name.substr(0, name.size() - 8);
    }
    if (!folder.empty())
        return folder;
    return Error{ErrorCode::corrupt, "pth: the archive has no data.pkl, so it is not a torch checkpoint"};
}

Result<Tensor> viewOf(const std::string& name, const PickledTensor& pickled, const Entries& entries,
                      const std::string& top) {
    const auto fail = [&](const std::string& what) {
        return Error{ErrorCode::corrupt,
                     "pth: tensor " + name + " " + what + "; the file may be truncated or damaged"};
    };
    const auto entry = entries.find(top + "data/" + pickled.storage);
    if (entry == entries.end())
        return fail("names storage '" + pickled.storage + "', which the archive does not hold");
    std::int64_t storageBytes = 0;
    if (__builtin_mul_overflow(pickled.storageElements, static_cast<std::int64_t>(itemSize(pickled.type)),
                               &storageBytes) ||
        static_cast<std::uint64_t>(storageBytes) != entry->second.data.size())
        return fail("has a storage of " + std::to_string(entry->second.data.size()) + " bytes where " +
                    std::to_string(pickled.storageElements) + " elements were promised");
    std::int64_t elements = 1;
    std::int64_t last = pickled.offset;
    for (std::size_t i = 0; i < pickled.shape.size(); ++i) {
        std::int64_t reach = 0;
        if (__builtin_mul_overflow(elements, pickled.shape[i], &elements) ||
            __builtin_mul_overflow(std::max<std::int64_t>(0, pickled.shape[i] - 1), pickled.strides[i],
                                   &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return fail("has a shape that overflows");
    }
    // An expanded tensor (stride 0) may have more elements than its storage, but a small file must not
    // promise a large model.
    constexpr std::int64_t kMaxExpanded = 1 << 20;
    if (!rowMajorStrides(pickled.shape) || elements > std::max(kMaxExpanded, pickled.storageElements))
        return fail("has " + std::to_string(elements) + " elements in a storage of " +
                    std::to_string(pickled.storageElements));
    if (elements > 0 ? last >= pickled.storageElements : pickled.offset > pickled.storageElements)
        return fail("reaches element " + std::to_string(last) + " of a storage of " +
                    std::to_string(pickled.storageElements));
    Tensor tensor;
    tensor.type = pickled.type;
    tensor.shape = pickled.shape;
    tensor.strides = pickled.strides;
    tensor.data =
        entry->second.data.data() + static_cast<std::size_t>(pickled.offset) * itemSize(pickled.type);
    return tensor;
}

}  // namespace

Result<TensorMap> readPth(const MappedFile& file) {
    const std::string where = file.path().string();
    auto entries = readZipDirectory(file.bytes());
    if (!entries)
        return entries.error().in(where);
    auto top = topFolder(*entries);
    if (!top)
        return top.error().in(where);
    if (const auto order = entries->find(*top + "byteorder"); order != entries->end()) {
        const auto& data = order->second.data;
        if (std::string_view(reinterpret_cast<const char*>(data.data()), data.size()).substr(0, 6) !=
            "little")
            return Error{ErrorCode::unsupported,
                         where + ": pth: the checkpoint is big-endian; save it on a little-endian machine"};
    }
    const auto& pickle = entries->find(*top + "data.pkl")->second;
    constexpr std::size_t kMaxPickle = std::size_t{16} << 20;
    if (pickle.data.size() > kMaxPickle)
        return Error{ErrorCode::corrupt, where + ": pth: data.pkl is larger than 16 MiB"};
    if (crc32(pickle.data) != pickle.crc)
        return Error{ErrorCode::corrupt,
                     where + ": pth: data.pkl does not match its checksum; the file is damaged"};
    auto pickled = readPickle(pickle.data);
    if (!pickled)
        return pickled.error().in(where);
    TensorMap tensors;
    for (const auto& [name, description] : *pickled) {
        auto tensor = viewOf(name, description, *entries, *top);
        if (!tensor)
            return tensor.error().in(where);
        if (!tensors.emplace(name, std::move(*tensor)).second)
            return Error{ErrorCode::corrupt, where + ": pth: tensor " + name + " occurs twice"};
    }
    return tensors;
}

}  // namespace engine
