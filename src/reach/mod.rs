//! CAN IT GET THERE: pure reachability over a snapshot.
