using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// The intermediate code of a method that is made at run time, by the instructions that kernels are written in. The runtime's own <see cref="ILGenerator"/> is kept by the method for as long as it lives,
/// and with it the code a second time and an object for every call in it: most of what a compiled straight-line function would keep. This one keeps the code, and each
/// method that is called once.
/// </summary>
internal sealed class MethodCode
{
    private const byte Prefixed = 0xFE;

    // What the JIT of .NET gives up optimising beyond (DEFAULT_MIN_OPTS_* in jit/compiler.h), a twentieth less of each: a variable is then loaded and stored wherever it is named.
    private const int MostBytes = 57_000;
    private const int MostInstructions = 19_000;
    private const int MostReferences = 7_600;
    private const int MostVariables = 1_900;
    private const int MostBlocks = 1_900;

    private static readonly OpCode[] FirstLoads = [OpCodes.Ldloc_0, OpCodes.Ldloc_1, OpCodes.Ldloc_2, OpCodes.Ldloc_3];
    private static readonly OpCode[] FirstStores = [OpCodes.Stloc_0, OpCodes.Stloc_1, OpCodes.Stloc_2, OpCodes.Stloc_3];

    private readonly DynamicMethod _method;
    private readonly DynamicILInfo _info;
    private readonly SignatureHelper _variableTypes = SignatureHelper.GetLocalVarSigHelper();
    private readonly Dictionary<MemberInfo, (int Token, int Change)> _members = [];
    private readonly List<int> _labels = [];
    private readonly List<(int At, int Label)> _branches = [];
    private byte[] _bytes;
    private int _length;
    private int _variables;
    private int _references;
    private int _instructions;
    private int _depth;
    private int _deepest;

    /// <summary>Begins the code of a method without one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="size">Bytes that the code is expected to take; more are made room for.</param>
    public MethodCode(DynamicMethod method, int size)
    {
        (_method, _info) = (method, method.GetDynamicILInfo());
        _bytes = new byte[size];
    }

    /// <summary>Whether the code is short enough to be optimised.</summary>
    public bool IsOptimized =>
        _length <= MostBytes && _instructions <= MostInstructions && _references <= MostReferences && _variables <= MostVariables && 2 * _branches.Count <= MostBlocks;

    /// <summary>A variable of a type; what a pinned one refers to does not move.</summary>
    public LocalBuilder DeclareLocal(Type type, bool isPinned = false)
    {
        _variableTypes.AddArgument(type, isPinned);
        return new Variable(_variables++, type, isPinned);
    }

    /// <summary>A place that branches can lead to, to be marked later.</summary>
    public CodeLabel DefineLabel()
    {
        _labels.Add(-1);
        return new(_labels.Count - 1);
    }

    /// <summary>Where the label is.</summary>
    public void MarkLabel(CodeLabel label) => _labels[label.Number] = _length;

    /// <summary>An instruction without operand.</summary>
    public void Emit(OpCode operation)
    {
        WriteCode(operation);
        Move(Pops(operation.StackBehaviourPop) + Pushes(operation.StackBehaviourPush));
    }

    /// <summary>An instruction with a number; integers and arguments in their short forms.</summary>
    public void Emit(OpCode operation, int number)
    {
        if (operation == OpCodes.Ldarg)
            _references++;
        if (operation == OpCodes.Ldarg && number is >= 0 and <= byte.MaxValue)
            Emit(OpCodes.Ldarg_S, (byte)number);
        else if (operation == OpCodes.Ldc_I4 && number is >= sbyte.MinValue and <= sbyte.MaxValue)
            Emit(OpCodes.Ldc_I4_S, (byte)number);
        else
        {
            Emit(operation);
            if (operation.OperandType == OperandType.InlineVar)
                BinaryPrimitives.WriteInt16LittleEndian(Room(sizeof(short)), (short)number);
            else
                BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), number);
        }
    }

    /// <summary>An instruction with a small number.</summary>
    public void Emit(OpCode operation, byte number)
    {
        Emit(operation);
        Room(1)[0] = number;
    }

    /// <summary>An instruction with a long number.</summary>
    public void Emit(OpCode operation, long number)
    {
        Emit(operation);
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), number);
    }

    /// <summary>An instruction with a floating-point number.</summary>
    public void Emit(OpCode operation, double number)
    {
        Emit(operation);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), number);
    }

    /// <summary>A load or store of a variable, in its shortest form.</summary>
    public void Emit(OpCode operation, LocalBuilder variable)
    {
        var number = variable.LocalIndex;
        _references++;
        if (number < 4 && operation == OpCodes.Ldloc)
            Emit(FirstLoads[number]);
        else if (number < 4 && operation == OpCodes.Stloc)
            Emit(FirstStores[number]);
        else if (number <= byte.MaxValue)
            Emit(operation == OpCodes.Ldloc ? OpCodes.Ldloc_S : operation == OpCodes.Stloc ? OpCodes.Stloc_S : OpCodes.Ldloca_S, (byte)number);
        else
            Emit(operation, number);
    }

    /// <summary>A branch.</summary>
    public void Emit(OpCode operation, CodeLabel label)
    {
        Emit(operation);
        _branches.Add((_length, label.Number));
        _ = Room(sizeof(int));
    }

    /// <summary>A call.</summary>
    public void Emit(OpCode operation, MethodInfo method) => EmitMember(operation, method);

    /// <summary>A new object or structure.</summary>
    public void Emit(OpCode operation, ConstructorInfo constructor) => EmitMember(operation, constructor);

    /// <summary>An instruction with a type.</summary>
    public void Emit(OpCode operation, Type type)
    {
        Emit(operation);
        WriteToken(Find(type).Token);
    }

    /// <summary>An instruction with a field.</summary>
    public void Emit(OpCode operation, FieldInfo field)
    {
        Emit(operation);
        WriteToken(Find(field).Token);
    }

    /// <summary>The method as a delegate, which is closed over an object. Nothing can be written afterwards.</summary>
    public TDelegate CreateDelegate<TDelegate>(object target)
        where TDelegate : Delegate => Complete().CreateDelegate<TDelegate>(target);

    /// <summary>The method, of which delegates can be made. Nothing can be written afterwards.</summary>
    public DynamicMethod Complete()
    {
        foreach (var (at, label) in _branches)
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), _labels[label] - (at + sizeof(int)));
        _info.SetCode(_bytes.AsSpan(0, _length).ToArray(), _deepest);
        _info.SetLocalSignature(_variableTypes.GetSignature());
        return _method;
    }

    private void EmitMember(OpCode operation, MemberInfo member)
    {
        var (token, change) = Find(member);
        WriteCode(operation);
        WriteToken(token);
        Move(change);
    }

    private (int Token, int Change) Find(MemberInfo member)
    {
        if (_members.TryGetValue(member, out var known))
            return known;
        var found = member switch
        {
            ConstructorInfo constructor => (Token(constructor), 1 - constructor.GetParameters().Length),
            MethodInfo method => (Token(method), (method.ReturnType == typeof(void) ? 0 : 1) - method.GetParameters().Length - (method.IsStatic ? 0 : 1)),
            FieldInfo field => (_info.GetTokenFor(field.FieldHandle), 0),
            _ => (_info.GetTokenFor(((Type)member).TypeHandle), 0),
        };
        _members.Add(member, found);
        return found;
    }

    private int Token(MethodBase method) =>
        method.DeclaringType is { IsGenericType: true } type ? _info.GetTokenFor(method.MethodHandle, type.TypeHandle) : _info.GetTokenFor(method.MethodHandle);

    private void WriteCode(OpCode operation)
    {
        _instructions++;
        if (operation.Size == 2)
            Room(1)[0] = Prefixed;
        Room(1)[0] = (byte)operation.Value;
    }

    private void WriteToken(int token) => BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), token);

    private Span<byte> Room(int size)
    {
        if (_length + size > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + size));
        _length += size;
        return _bytes.AsSpan(_length - size, size);
    }

    private void Move(int change)
    {
        _depth += change;
        _deepest = Math.Max(_deepest, _depth);
    }

    private static int Pops(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => -1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_popi => -2,
        // Ret, of methods without a result.
        StackBehaviour.Varpop => 0,
        _ => throw new NotSupportedException($"Kernels have no instruction that pops {behaviour}."),
    };

    private static int Pushes(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1 or StackBehaviour.Pushi or StackBehaviour.Pushi8 or StackBehaviour.Pushr8 or StackBehaviour.Pushref => 1,
        StackBehaviour.Push1_push1 => 2,
        _ => throw new NotSupportedException($"Kernels have no instruction that pushes {behaviour}."),
    };

    private sealed class Variable(int index, Type type, bool isPinned) : LocalBuilder
    {
        public override int LocalIndex => index;

        public override Type LocalType => type;

        public override bool IsPinned => isPinned;
    }
}

/// <summary>A place in a <see cref="MethodCode"/>.</summary>
/// <param name="Number">Which one.</param>
internal readonly record struct CodeLabel(int Number);
