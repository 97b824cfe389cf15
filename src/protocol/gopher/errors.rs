//! Menus that no capsule holds: a failure is a whole menu with one line of type 3 (RFC 1436, section 3.8).

/// A menu that says only why there is none.
pub(super) fn menu(why: &str) -> String {
    // The host of a line that leads nowhere; clients want all four fields.
    format!("3{why}\t\terror.host\t1\r\n.\r\n")
}
