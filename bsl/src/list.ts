// A doubly linked list whose links are part of the objects in it
//
//       List                ListNode            ListNode
//     ┌────────┐          ┌──────────┐        ┌──────────┐
//     │ first  ├─────────►│ next     ├───────►│ next   0 │
//     │ last   ├────┐  ┌──┤ previous │◄───────┤ previous │
//     │ count  │    │  0  │ list     │        │ list     │
//     └────────┘    │     ├──────────┤        ├──────────┤
//                   │     │ object   │   ┌───►│ object   │
//                   └─────┼──────────┼───┘    │          │
//                         └──────────┘        └──────────┘
//
// Objects extend ListNode. Nothing is allocated, each operation takes a fixed number of steps, and an object knows the
// list that it is in: it cannot be put into two, nor be taken out of one that it is not in.

/** What an object that is to be in a list begins with; in none when zeroed. */
@unmanaged
export class ListNode {
  /** The object behind this one. Read only. */
  next: ListNode | null = null;
  /** The object before this one. Read only. */
  previous: ListNode | null = null;
  /** The list that it is in. Read only. */
  list: List | null = null;
}

/** A list, empty when zeroed. Not to be used by two processors without a lock. */
@unmanaged
export class List {
  /** The first object. Read only. */
  first: ListNode | null = null;
  /** The last object. Read only. */
  last: ListNode | null = null;
  /** How many objects it has. Read only. */
  count: u32 = 0;

  /** Puts an object before the first one; false when it is in a list already. */
  pushFront(node: ListNode): bool {
    return this.link(node, null, this.first);
  }

  /** Puts an object behind the last one; false when it is in a list already. */
  pushBack(node: ListNode): bool {
    return this.link(node, this.last, null);
  }

  /** Puts an object before one of this list; false when it is in a list already or that one is not in this. */
  insertBefore(node: ListNode, successor: ListNode): bool {
    return successor.list === this && this.link(node, successor.previous, successor);
  }

  /** Takes an object out; false when it is not in this list. */
  remove(node: ListNode): bool {
    if (node.list !== this) return false;
    const next = node.next;
    const previous = node.previous;
    if (next !== null) next.previous = previous;
    else this.last = previous;
    if (previous !== null) previous.next = next;
    else this.first = next;
    node.next = null;
    node.previous = null;
    node.list = null;
    this.count--;
    return true;
  }

  /** Takes the first object out; null when there is none. */
  popFront(): ListNode | null {
    const node = this.first;
    if (node !== null) this.remove(node);
    return node;
  }

  private link(node: ListNode, previous: ListNode | null, next: ListNode | null): bool {
    if (node.list !== null) return false;
    node.list = this;
    node.previous = previous;
    node.next = next;
    if (previous !== null) previous.next = node;
    else this.first = node;
    if (next !== null) next.previous = node;
    else this.last = node;
    this.count++;
    return true;
  }
}
