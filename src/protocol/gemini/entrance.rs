//! Who may read what is private: statuses 60, 61 and 62 ("Client certificates").

use std::sync::Arc;

use super::Status;
use super::request::Request;
use crate::protocol::{Credential, Peer, Validity};
use crate::site::{PrivateSite, Site};

/// The site that answers `peer`, or why none does.
///
/// A certificate that is out of date opens no door, whoever it belongs to; elsewhere nobody asks about it.
pub(super) fn enter<'a>(request: &Request<'a>, peer: &Peer) -> Result<&'a Arc<Site>, (Status, String)> {
    let Some(area) = request.path.as_ref().and_then(|path| request.site.private_area(path)) else {
        return Ok(request.site);
    };
    let Some(credential) = &peer.credential else {
        let how = request.site.access_url();
        let text = format!("This is private: come with an identity (a client certificate). How: {how}");
        return Err((Status::CertificateRequired, text));
    };
    match credential.validity {
        Validity::NotYet => {
            let text = "Your certificate is not valid yet: look at the clock of the machine that made it";
            Err((Status::CertificateNotValid, text.to_owned()))
        }
        Validity::Expired => {
            let text = "Your certificate has expired: make a new one, and send its fingerprint to the author";
            Err((Status::CertificateNotValid, text.to_owned()))
        }
        Validity::Valid if admits(area, credential) => Ok(area.site()),
        Validity::Valid => {
            let id = credential.certificate;
            let text =
                format!("You are not on the list. To get in, send the author this fingerprint: SHA256:{id}");
            Err((Status::CertificateNotAuthorised, text))
        }
    }
}

fn admits(area: &PrivateSite, credential: &Credential) -> bool {
    area.admits(&[credential.certificate, credential.public_key])
}
