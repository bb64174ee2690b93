"""SES: the sandbox serves version 2 of its API alone."""
from .table import case, outside

outside("an operation of version 1 of SES's API, which is not served", "ses-identity-unknown", "ses-configuration-set-missing", "ses-destination-missing",
        "ses-topic-missing", "ses-tag-invalid", "ses-notification-type")


@case("ses-identity-dkim-pending")
def pending(w):
    w.call("sesv2:CreateEmailIdentity", EmailIdentity="example.com")
    row = w.call("sesv2:GetEmailIdentity", EmailIdentity="example.com")
    dkim = row["DkimAttributes"]
    return {"members": {**row, "DkimAttributes members": sorted(dkim), "DkimAttributes.Status": dkim["Status"], "tokens": len(dkim["Tokens"])}}


@case("ses-identity-failed")
def failed(w):
    w.call("sesv2:CreateEmailIdentity", EmailIdentity="nobody.example")
    w.advance(80 * 3600)
    row = w.call("sesv2:GetEmailIdentity", EmailIdentity="nobody.example")
    assert row["Policies"] == {} and row["Tags"] == []
    return {"members": row}
