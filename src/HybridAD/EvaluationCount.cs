namespace HybridAD;

/// <summary>
/// Counts evaluations by code that was compiled for the usual number of them, until so many have been that better code would have paid. Threads that count at once may lose some.
/// </summary>
/// <param name="most">How many these are; asked when counting begins.</param>
internal sealed class EvaluationCount(Func<double> most)
{
    private double _left;
    private bool _isCounting;
    private bool _isBusy;

    /// <summary>Counts one; whether it is the one before which better code is to be made. That is said once.</summary>
    public bool IsTime()
    {
        if (!_isCounting)
            (_left, _isCounting) = (most(), true);
        return --_left < 0 && !Interlocked.Exchange(ref _isBusy, true);
    }
}
