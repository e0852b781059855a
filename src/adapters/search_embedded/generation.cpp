#include "adapters/search_embedded/generation.h"

#include <algorithm>

namespace kontor::search_embedded {

Tree make_tree(std::span<const search_index::CategoryNode> nodes, WordTable& categories) {
  Tree tree;
  std::vector<std::uint32_t> listed;
  for (const auto& node : nodes) listed.push_back(add_id(categories, node.id.value));
  tree.places.resize(categories.size());
  std::vector<std::vector<std::uint32_t>> below(categories.size());
  std::vector<std::uint8_t> named(categories.size());
  for (const std::uint32_t category : listed) named[category] = 1;
  std::vector<std::uint32_t> roots;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::uint32_t parent = nodes[i].parent.value == 0 ? kNone : find_id(categories, nodes[i].parent.value);
    if (parent == kNone || parent >= named.size() || named[parent] == 0 || parent == listed[i])
      roots.push_back(listed[i]);
    else
      below[parent].push_back(listed[i]);
  }
  std::uint32_t clock = 1;
  const auto walk = [&](std::uint32_t root) {
    std::vector<std::pair<std::uint32_t, std::size_t>> path{{root, 0}};
    tree.places[root].enter = clock++;
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next == below[at].size()) {
        tree.places[at].leave = clock;
        path.pop_back();
        continue;
      }
      const std::uint32_t child = below[at][next++];
      if (tree.places[child].enter != 0) continue;
      tree.places[child] = {clock++, 0, at};
      path.emplace_back(child, 0);
    }
  };
  for (const std::uint32_t root : roots)
    if (tree.places[root].enter == 0) walk(root);
  for (const std::uint32_t category : listed)  // what is left goes in circles
    if (tree.places[category].enter == 0) walk(category);
  return tree;
}

}  // namespace kontor::search_embedded
