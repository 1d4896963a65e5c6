#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace engine {

/// The messages of a conversation as a tree: editing or answering again adds a sibling, and what is shown is
/// one path from a root to a leaf. Keys are the caller's names for messages; 0 is no message.
class MessageTree {
public:
    using Key = std::uint64_t;

    /// Adds a message below `parent` and shows it. A parent that is not there makes it a root, and a key that
    /// is there already is left as it is, so that no damaged database can make a circle.
    void add(Key key, Key parent);
    bool contains(Key key) const { return nodes_.contains(key); }
    Key parent(Key key) const;  ///< 0 for a root
    /// The messages with the same parent, oldest first; never empty for a key that is there.
    const std::vector<Key>& siblings(Key key) const;
    /// Shows the path through `key`, and below it what was shown there last.
    void show(Key key);
    std::vector<Key> shownPath() const;      ///< root first
    std::vector<Key> pathTo(Key key) const;  ///< root first, `key` last; empty when it is not there
    std::size_t size() const { return nodes_.size(); }

private:
    struct Node {
        Key parent = 0;
        Key shownChild = 0;
        std::vector<Key> children;
    };
    const std::vector<Key>& childrenOf(Key parent) const;

    std::unordered_map<Key, Node> nodes_;
    Node root_;  // stands above the roots
};

}  // namespace engine
