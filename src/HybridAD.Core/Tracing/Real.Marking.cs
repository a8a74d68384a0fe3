namespace HybridAD;

/// <content>Marks for analyses of rounding: they change no value and no derivative, and cost nothing where they are not used.</content>
public readonly partial struct Real
{
    /// <summary>
    /// The value as a variable of the source gets it, as in <c>x = Real.Variable("x", x + h)</c>: precision tuning decides on variables, all assignments to
    /// a name together. A passive value stays as it is and belongs to no variable.
    /// </summary>
    public static Real Variable(string name, Real value)
    {
        ArgumentNullException.ThrowIfNull(name);
        return value._tape is null ? value : new Real(value._tape, value._tape.Assign(value.NodeId, name));
    }

    /// <summary>
    /// A stage begins with the next operation: a layer of a network, an iteration of a loop. Views of sensitivity show the gradient along the stages.
    /// </summary>
    /// <param name="value">Any active number of the trace; with a passive one nothing happens.</param>
    public static void BeginStage(Real value) => value._tape?.BeginStage();
}
