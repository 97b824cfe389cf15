//! The status codes of the specification ("Responses"), with the names it gives them.

/// A status that may stand at the head of a reply; the specification forbids to send any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 10: the same address is to be asked for again with words of the reader's behind it.
    Input,
    /// 20: a body follows.
    Success,
    /// 31: another address, from now on.
    PermanentRedirect,
    /// 40: something broke here, and may work later.
    TemporaryFailure,
    /// 51: there is no such thing; there may be one day.
    NotFound,
    /// 52: there is no such thing any more, and never will be.
    Gone,
    /// 53: a request for a host, port or scheme that is not served here.
    ProxyRequestRefused,
    /// 59: not a request.
    BadRequest,
    /// 60: only for readers with a certificate.
    CertificateRequired,
    /// 61: not for the reader with this certificate.
    CertificateNotAuthorised,
    /// 62: not with a certificate like this.
    CertificateNotValid,
}

impl Status {
    /// The two digits.
    pub fn code(self) -> &'static str {
        match self {
            Self::Input => "10",
            Self::Success => "20",
            Self::PermanentRedirect => "31",
            Self::TemporaryFailure => "40",
            Self::NotFound => "51",
            Self::Gone => "52",
            Self::ProxyRequestRefused => "53",
            Self::BadRequest => "59",
            Self::CertificateRequired => "60",
            Self::CertificateNotAuthorised => "61",
            Self::CertificateNotValid => "62",
        }
    }
}
