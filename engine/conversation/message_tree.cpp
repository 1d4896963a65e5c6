#include "engine/conversation/message_tree.h"

#include <algorithm>

namespace engine {

void MessageTree::add(Key key, Key parent) {
    if (key == 0 || contains(key))
        return;
    const auto above = nodes_.find(parent);
    if (above == nodes_.end())
        parent = 0;
    (parent == 0 ? root_ : above->second).children.push_back(key);
    nodes_[key].parent = parent;
    show(key);
}

MessageTree::Key MessageTree::parent(Key key) const {
    const auto node = nodes_.find(key);
    return node == nodes_.end() ? 0 : node->second.parent;
}

const std::vector<MessageTree::Key>& MessageTree::childrenOf(Key parent) const {
    const auto node = nodes_.find(parent);
    return node == nodes_.end() ? root_.children : node->second.children;
}

const std::vector<MessageTree::Key>& MessageTree::siblings(Key key) const {
    return childrenOf(parent(key));
}

void MessageTree::show(Key key) {
    while (contains(key)) {
        const Key above = parent(key);
        (above == 0 ? root_ : nodes_[above]).shownChild = key;
        key = above;
    }
}

std::vector<MessageTree::Key> MessageTree::shownPath() const {
    std::vector<Key> path;
    for (Key key = root_.shownChild; key != 0; key = nodes_.at(key).shownChild)
        path.push_back(key);
    return path;
}

std::vector<MessageTree::Key> MessageTree::pathTo(Key key) const {
    std::vector<Key> path;
    for (; contains(key); key = parent(key))
        path.push_back(key);
    std::reverse(path.begin(), path.end());
    return path;
}

}  // namespace engine
