namespace HybridAD.Execution.Blocks.Passes;

/// <summary>Whether a reverse sweep computes the outputs too, and where.</summary>
internal enum AskedOutputs : byte
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>On the way forward, for any number of sweeps.</summary>
    OfAnySweeps,

    /// <summary>On the way forward or, where nothing else is made of what a kernel computes, with its derivatives: after one sweep they are there.</summary>
    OfOneSweep,
}
