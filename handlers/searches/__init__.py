"""走失寻人: a fixed drill. The reporter is asked, a person says yes, neighbouring groups look out, all is clear."""
